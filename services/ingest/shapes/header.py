"""Where the header of a table stands: below a preamble, in one row or two, or nowhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.ingest.shapes.amounts import AmountForm, parse_amount
from services.ingest.shapes.cells import Row, as_text, is_blank, is_blank_row
from services.ingest.shapes.dates import EITHER_ORDER, parse_day
from services.ingest.shapes.fields import AMOUNTS, DATES, NEEDED
from services.ingest.shapes.receipts import RECEIVED
from services.ingest.shapes.scores import main_field
from services.ingest.shapes.vocabulary import plain_header, said_by

_LOOKED_AT = 100
_CELLS_LOOKED_AT = 10_000
_SAYS = 0.8
_LEAST_FIELDS = 2
_LONGEST_NAME = 80
_LEAST_CELLS = 3
_ALIKE = 0.6
DECISIVE = AMOUNTS | DATES | set(NEEDED)
"""Under a header that has another of these the rows are another table's."""
_SORTS = (
    re.compile(r"\bnet\b|\bexcluding\b|\bwithout vat\b"),
    re.compile(r"\bgross\b|\b(?:including|with) vat\b"),
    re.compile(r"\binvoiced?\b"),
    RECEIVED,
)
"""What tells amounts, days and bodies of one field apart."""


@dataclass(frozen=True)
class Header:
    """The names of the columns, trimmed, "" where there is none; rows `first` to `end` hold them.

    Both count the rows from 0; `end` is that of the first row below. A table without a header has
    both 0 and no names.
    """

    names: tuple[str, ...]
    first: int
    end: int


def find_header(rows: Sequence[Row]) -> Header:
    """The header among the first rows of a sheet.

    The row that says the most fields; joined with the row below or above it where both together
    say more than each. Without such a row, the row of text right above the first row that looks
    like a payment.
    """
    looked = rows_of_header(rows, _LOOKED_AT)
    strengths = [0 if looks_paid(row) else _strength(header_names(row)) for row in looked]
    best = max(range(len(looked)), key=lambda place: (strengths[place], -place), default=-1)
    first_payment = next((place for place, row in enumerate(looked) if looks_paid(row)), None)
    if best < 0 or strengths[best] < _LEAST_FIELDS:
        return _unsaid(looked, first_payment)
    header = Header(header_names(looked[best]), best, best + 1)
    for upper in (best - 1, best):
        joined = _joined(looked, upper)
        if joined is not None and _strength(joined.names) > _strength(header.names):
            header = joined
    return header


def rows_of_header(rows: Sequence[Row], most: int) -> Sequence[Row]:
    """The first rows, among which a header is looked for: fewer where they say very much.

    Each cell may be weighed as the name of a column, which is dear: 10,000 are in all, and what
    a row of two thousand leaves of them is no hundred rows of the kind.
    """
    cells = 0
    for count, row in enumerate(rows[:most]):
        cells += sum(not is_blank(value) for value in row)
        if cells > _CELLS_LOOKED_AT:
            return rows[: max(1, count)]
    return rows[:most]


def _unsaid(rows: Sequence[Row], first_payment: int | None) -> Header:
    if first_payment:
        above = rows[first_payment - 1]
        names = header_names(above)
        if sum(map(bool, names)) >= _LEAST_CELLS and is_all_text(above):
            return Header(names, first_payment - 1, first_payment)
    return Header((), 0, 0)


def _joined(rows: Sequence[Row], upper: int) -> Header | None:
    """Two rows as one header; a name above several columns is said of each of them."""
    if upper < 0 or upper + 1 >= len(rows):
        return None
    above, below = header_names(rows[upper]), header_names(rows[upper + 1])
    if not (is_all_text(rows[upper]) and is_all_text(rows[upper + 1])):
        return None
    if looks_paid(rows[upper + 1]):
        return None
    width = max(len(above), len(below))
    above += ("",) * (width - len(above))
    below += ("",) * (width - len(below))
    names, spanning = [], ""
    for high, low in zip(above, below, strict=True):
        spanning = high or (spanning if low else "")
        names.append(low if low == spanning else f"{spanning} {low}".strip())
    return Header(tuple(names), upper, upper + 2)


def header_names(row: Row) -> tuple[str, ...]:
    """The names that a row gives to its columns, in one line each, "" where a cell is blank."""
    return tuple(" ".join((as_text(value) or "").split()) for value in row)


def is_all_text(row: Row) -> bool:
    """Whether all that a row says is text, and it says something."""
    said = [value for value in row if value is not None and value != ""]
    return bool(said) and all(isinstance(value, str) for value in said)


def _strength(names: Sequence[str]) -> int:
    """How many fields the names say, each counted once."""
    fields = set()
    for name in names:
        if not name or len(name) > _LONGEST_NAME:
            continue
        words = said_by(name)
        best = max(words, key=lambda field: words[field], default=None)
        if best is not None and words[best] >= _SAYS:
            fields.add(best)
    return len(fields)


def looks_paid(row: Row) -> bool:
    """Whether a row has a day, an amount and text beside them."""
    if is_blank_row(row):
        return False
    days = amounts = texts = 0
    for value in row:
        text = as_text(value)
        if text is None:
            continue
        if not isinstance(value, str | float | int) or _is_day(text):
            days += 1
        elif parse_amount(value, AmountForm()) is not None:
            amounts += 1
        else:
            texts += 1
    return days > 0 and amounts > 0 and texts > 0


def _is_day(text: str) -> bool:
    return any(parse_day(text, order) is not None for order in EITHER_ORDER)


def says_header(row: Row, names: Sequence[str], *, adjoins: bool = False) -> bool:
    """Whether a row repeats the names of the columns: none in another's place.

    Nor may another amount, day or payee stand where the first had its own, unless it `adjoins` the
    header, as the second row of names in merged cells does.
    """
    said = [
        (name, names[place])
        for place, name in enumerate(header_names(row)[: len(names)])
        if name and names[place].casefold() != name.casefold()
    ]
    count = sum(map(bool, header_names(row)))
    alike = count - len(said) - sum(map(bool, header_names(row)[len(names) :]))
    if alike < _LEAST_FIELDS or alike < count * _ALIKE:
        return False
    if adjoins:
        return True
    known = {name.casefold() for name in names}
    return all(
        name.casefold() not in known
        and (_means_the_same(name, above) or not {field_said(name), field_said(above)} & DECISIVE)
        for name, above in said
    )


def _means_the_same(one: str, other: str) -> bool:
    meant = meant_by(one)
    return meant is not None and meant == meant_by(other)


def field_said(name: str) -> str:
    """The field that a name says outright, "" where it says none."""
    words = said_by(name)
    field = main_field(words)
    return field if words.get(field, 0.0) >= _SAYS else ""


@lru_cache(maxsize=10_000)
def meant_by(name: str) -> tuple[object, ...] | None:
    """The field that a name says outright, and its sort where that decides a payment; or None.

    Net is not gross, the day of an invoice not that of its payment, a customer no supplier.
    """
    field = field_said(name)
    if not field:
        return None
    if field not in DECISIVE:
        return (field,)
    plain = plain_header(name)
    return (field, *(sort.search(plain) is not None for sort in _SORTS))


def is_other_header(row: Row) -> bool:
    """Whether a row looks like the header of another table."""
    return is_all_text(row) and _strength(header_names(row)) >= _LEAST_CELLS
