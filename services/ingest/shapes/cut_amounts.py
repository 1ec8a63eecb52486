"""Amounts of text files that nobody put in quotes: `1,234.50` in two fields, cut at its thousands.

The rows are longer than their header by as many fields as their amounts have commas. Where only one
column can hold such an amount it is put together again; where several can, it is asked, and not
read as the pounds before the first comma.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from services.ingest.reading.sheet import Broken, Row, Sheet, SheetRow, Torn
from services.ingest.shapes.cells import is_blank
from services.ingest.shapes.fields import AMOUNTS
from services.ingest.shapes.header import Header
from services.ingest.shapes.scores import main_field
from services.ingest.shapes.vocabulary import said_by

_BEGINS = re.compile(r"[-(\s\N{POUND SIGN}]*\d{1,3}\s*", re.ASCII)
_GOES_ON = re.compile(r"\d{3}", re.ASCII)
_ENDS = re.compile(r"\d{3}(?:\.\d{1,2})?\s*(?:[-)]|CR|DR)?\s*", re.ASCII | re.IGNORECASE)
_LEAST_ROWS, _MOSTLY, _NEARLY_ALL = 2, 0.5, 0.95
_MOST_COMMAS, _MOST_COLUMNS = 4, 20
"""Of one amount, and of a table those that are looked at: a file may have 2,000 columns."""
NOTE = "amounts without quotes were cut at the commas of their thousands: put together"
ASKED = (
    "rows have more fields than the header, as where amounts without quotes are cut at the commas "
    "of their thousands: put them in quotes, or leave the commas out"
)


class CutAmounts(NamedTuple):
    """Where amounts are cut: the place of the only column that can be, or None where several."""

    place: int | None


def find_cut(rows: Sequence[SheetRow], header: Header) -> CutAmounts | None:
    """Whether most rows that are longer than the header hold amounts that were cut."""
    width = _width(header)
    filled = (
        _filled(row)
        for _, row in rows[header.end :]
        if not isinstance(row, Broken) and len(row) > width
    )
    long = [row for row in filled if len(row) > width]
    if not header.end or len(long) < _LEAST_ROWS:
        return None
    places = [
        place
        for place, name in enumerate(header.names)
        if name and main_field(said_by(name)) in AMOUNTS
    ][:_MOST_COLUMNS]
    fits = {place: sum(_joined(row, place, width) is not None for row in long) for place in places}
    cut = [place for place, count in fits.items() if count >= _NEARLY_ALL * len(long)]
    if len(cut) == 1 and len(places) == 1:
        # Without pence the next field may be a code under no name: not told.
        pence = sum(_has_pence(row, cut[0], width) for row in long)
        return CutAmounts(cut[0] if pence >= _MOSTLY * len(long) else None)
    several = sum(any(_begins_cut(row, place) for place in places) for row in long)
    return CutAmounts(None) if several >= _NEARLY_ALL * len(long) else None


def put_together(sheet: Sheet, header: Header, header_end: int, place: int) -> Sheet:
    """The same sheet with such amounts in one field again."""
    width = _width(header)

    def read(torn: Torn) -> Iterator[SheetRow]:
        for number, row in sheet.read(torn):
            whole = None
            if number > header_end and not isinstance(row, Broken) and len(row) > width:
                whole = _joined(_filled(row), place, width)
            yield SheetRow(number, row if whole is None else whole)

    return replace(sheet, read=read)


def _width(header: Header) -> int:
    return max((place + 1 for place, name in enumerate(header.names) if name), default=0)


def _filled(row: Row) -> Row:
    """A row without the blank fields at its end."""
    width = len(row)
    while width and is_blank(row[width - 1]):
        width -= 1
    return row[:width]


def _joined(filled: Row, place: int, width: int) -> Row | None:
    """The row with the fields of its amount in one; None where they are no amount that was cut."""
    more = len(filled) - width
    if not 0 < more <= _MOST_COMMAS:
        return None
    parts = filled[place : place + more + 1]
    first, *between, last = parts if len(parts) > 1 else (None, None)
    if not _fits(_BEGINS, first) or not _fits(_ENDS, last):
        return None
    if not all(_fits(_GOES_ON, each) for each in between):
        return None
    return (*filled[:place], ",".join(map(str, parts)), *filled[place + more + 1 :])


def _has_pence(row: Row, place: int, width: int) -> bool:
    whole = _joined(row, place, width)
    return whole is not None and "." in str(whole[place])


def _begins_cut(row: Row, place: int) -> bool:
    first, second = (*row[place : place + 2], None, None)[:2]
    return _fits(_BEGINS, first) and _fits(_ENDS, second)


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
