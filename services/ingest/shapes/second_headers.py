"""A header that comes again below the first: in another order of its columns, or in other words."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace

from services.ingest.reading.sheet import Broken, Cell, Row, Sheet, SheetRow, Torn
from services.ingest.shapes.cells import is_blank
from services.ingest.shapes.header import (
    DECISIVE,
    field_said,
    header_names,
    is_all_text,
    meant_by,
)
from services.ingest.shapes.vocabulary import is_known, plain_header

_LETTER, _DIGIT = re.compile(r"[A-Za-z]"), re.compile(r"\d", re.ASCII)
_LEAST_NAMES = 3
_MOSTLY = 0.6

Order = tuple[int | None, ...]
"""For each column under a second header the column of the first that it is, None for none."""


def find_order(row: Row, names: Sequence[str]) -> Order | None:
    """Where the columns of a second header stand in the first; None where a row is none.

    None too where it lacks a day, an amount or a payee of the first, or has one more: then it is
    the header of another table.
    """
    if not is_all_text(row):
        return None
    said = header_names(row)
    named = [place for place, name in enumerate(said) if name]
    if len(named) < _LEAST_NAMES or any(map(_is_number, said)):
        return None  # most rows end here: a payment has an amount
    first = set(names)
    if sum(said[place] in first or is_known(said[place]) for place in named) < _LEAST_NAMES:
        return None
    found = _match(said, names)
    if len(found) < max(_LEAST_NAMES, _MOSTLY * len(named)):
        return None
    met = set(found.values())
    missing = [name for place, name in enumerate(names) if place not in met]
    added = [said[place] for place in named if place not in found]
    if any(field_said(name) in DECISIVE for name in (*missing, *added)):
        return None
    return tuple(found.get(place) for place in range(len(row)))


def _is_number(text: str) -> bool:
    # Not one pattern for both: of a field of 50,000 digits that took half a minute.
    return _DIGIT.search(text) is not None and _LETTER.search(text) is None


def _match(said: Sequence[str], names: Sequence[str]) -> dict[int, int]:
    """By the place of a name below, the place of the one name above that means the same."""
    found: dict[int, int] = {}
    for meaning in (plain_header, meant_by):
        left: dict[Hashable, set[int]] = defaultdict(set)
        for place, name in enumerate(names):
            if name and (meant := meaning(name)) is not None:
                left[meant].add(place)
        for other in found.values():
            left[meaning(names[other])].discard(other)
        for place, name in enumerate(said):
            if not name or place in found or (meant := meaning(name)) is None:
                continue
            same = left[meant]
            if place in same or len(same) == 1:
                found[place] = place if place in same else next(iter(same))
                same.discard(found[place])
    return found


def is_as_before(order: Order) -> bool:
    """Whether the columns stand as they did."""
    return all(other in {place, None} for place, other in enumerate(order))


def put_in_order(sheet: Sheet, names: Sequence[str], header_end: int) -> Sheet:
    """The same sheet with rows under a second header in the order of the first.

    The second header itself reads as the first. A field under none of its names goes beyond the
    last, where it is noticed.
    """

    def read(torn: Torn) -> Iterator[SheetRow]:
        order: Order | None = None
        for number, row in sheet.read(torn):
            if isinstance(row, Broken) or number <= header_end:
                yield SheetRow(number, row)
            elif (found := find_order(row, names)) is not None:
                order = None if is_as_before(found) else found
                yield SheetRow(number, tuple(names))
            else:
                yield SheetRow(number, row if order is None else _ordered(row, order, len(names)))

    return replace(sheet, read=read)


def _ordered(row: Row, order: Order, width: int) -> Row:
    if sum(not is_blank(value) for value in row) == 1:
        return row  # a note, in whichever column it stands
    cells: list[Cell] = [None] * width
    beyond = []
    for place, value in enumerate(row):
        other = order[place] if place < len(order) else None
        if other is not None:
            cells[other] = value
        elif not is_blank(value):
            beyond.append(value)
    return (*cells, *beyond) if any(not is_blank(value) for value in row) else ()
