"""Merged cells: what stands in one holds for every row of it, but money is said once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from services.ingest.reading.sheet import Broken, Merged, Sheet, SheetRow, Torn
from services.ingest.shapes.cells import is_blank, is_blank_row


def fill_merged(sheet: Sheet) -> Sheet:
    """The same sheet with texts and days of merged cells in each of their rows.

    A number is not repeated: an amount merged over three lines is one amount. Rows that hold
    nothing else stay blank.
    """
    if not any(merged.last_row > merged.first_row for merged in sheet.merged):
        return sheet
    begins: dict[int, list[Merged]] = {}
    for merged in sheet.merged:
        begins.setdefault(merged.first_row, []).append(merged)

    def read(torn: Torn) -> Iterator[SheetRow]:
        held: dict[int, tuple[int, Any]] = {}
        for number, row in sheet.read(torn):
            if isinstance(row, Broken) or is_blank_row(row):
                yield SheetRow(number, row)
                continue
            held = {place: each for place, each in held.items() if each[0] >= number}
            cells = list(row)
            for place, (_, value) in held.items():
                cells += [None] * (place + 1 - len(cells))
                if is_blank(cells[place]):
                    cells[place] = value
            for merged in begins.get(number, ()):
                place = merged.first_column - 1
                value = row[place] if place < len(row) else None
                if isinstance(value, str | date) and not is_blank(value):
                    held[place] = (merged.last_row, value)
            yield SheetRow(number, tuple(cells))

    return replace(sheet, read=read)
