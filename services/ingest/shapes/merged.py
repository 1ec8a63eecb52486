"""Merged cells: what stands in one holds for every row of it, but money is said once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.ingest.reading.sheet import Broken, Cell, Merged, Row, Sheet, SheetRow, Torn
from services.ingest.shapes.cells import is_blank, is_blank_row
from shared.errors import Rejected

_MOST_FILLED = 5_000_000
"""Cells: a few merged columns of a long sheet would be filled down in every row of it."""


def fill_merged(sheet: Sheet) -> Sheet:
    """The same sheet with texts and days of merged cells in each of their rows.

    A number is not repeated: an amount merged over three lines is one amount. Rows that hold
    nothing else stay blank. Reading raises Rejected where merged cells fill millions of others.
    """
    if not any(merged.last_row > merged.first_row for merged in sheet.merged):
        return sheet
    begins: dict[int, list[Merged]] = {}
    for merged in sheet.merged:
        begins.setdefault(merged.first_row, []).append(merged)

    def read(torn: Torn) -> Iterator[SheetRow]:
        held: dict[int, tuple[int, Any]] = {}
        filled = 0
        for number, row in sheet.read(torn):
            if isinstance(row, Broken) or is_blank_row(row):
                yield SheetRow(number, row)
                continue
            held = {place: each for place, each in held.items() if each[0] >= number}
            filled += len(held)
            if filled > _MOST_FILLED:
                raise Rejected(f"its merged cells fill more than {_MOST_FILLED:,} others")
            cells = _filled(row, held)
            for merged in begins.get(number, ()):
                place = merged.first_column - 1
                value = row[place] if place < len(row) else None
                if isinstance(value, str | date) and not is_blank(value):
                    held[place] = (merged.last_row, value)
            yield SheetRow(number, cells)

    return replace(sheet, read=read)


def _filled(row: Row, held: Mapping[int, tuple[int, Any]]) -> tuple[Cell, ...]:
    cells = list(row)
    for place, (_, value) in held.items():
        cells += [None] * (place + 1 - len(cells))
        if is_blank(cells[place]):
            cells[place] = value
    return tuple(cells)
