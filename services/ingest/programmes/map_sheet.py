"""A map of codes as a sheet: what an officer filled in, read, and the map as it stands, written."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from services.ingest.programmes.map_columns import FIELDS, MapColumns, find_map_columns
from services.ingest.programmes.programme_map import CODES, SAID, MapLine, check_line
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.reading.sheet import NAMES, Broken, Sheet
from services.ingest.shapes.cells import as_text, cell, is_blank_row
from services.ingest.shapes.dates import read_day
from shared.codes import fold_code
from shared.errors import Rejected
from shared.spreadsheet_cell import bare, guarded

_LOOKED_AT = 20
_MOST_LINES = 50_000


class Fault(NamedTuple):
    """What is wrong with a row, by its number as a spreadsheet shows it."""

    sheet: str
    row: int
    reason: str
    field: str


class Met(NamedTuple):
    """The first line of its codes and day, and where it stands."""

    line: MapLine
    sheet: str
    row: int


@dataclass
class MapSheet:
    """What a file says: lines, faults, rows left blank, and columns that are no part of a map."""

    lines: list[MapLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_blank: int = 0
    unread: list[str] = field(default_factory=list)


def read_map(path: Path, name: str, limits: Limits) -> MapSheet:
    """Every sheet with a row of headers that names `programme` and a code, read to its end.

    A row without a programme is one that the officer left for later. Rejected: no sheet is a map,
    or the file can't be read.
    """
    read = MapSheet()
    met: dict[tuple[str, ...], Met] = {}
    with open_file(path, limits, name) as opened:
        for sheet in opened.sheets:
            called = sheet.name if len(opened.sheets) > 1 else ""
            _read_sheet(sheet, called, read, met)
    if not met and not read.faults and not read.left_blank:
        raise Rejected(
            f"{name} has no table with a column `programme` and one of {', '.join(CODES)}"
        )
    return read


def _read_sheet(sheet: Sheet, called: str, read: MapSheet, met: dict[tuple[str, ...], Met]) -> None:
    columns: MapColumns | None = None
    for number, row in sheet.rows():
        cells = row.row if isinstance(row, Broken) else row
        if columns is None:
            columns = find_map_columns(cells)
            if columns is not None:
                read.unread += columns.unread
            elif number != NAMES and number > _LOOKED_AT:
                return
            continue
        if isinstance(row, Broken):  # its cells are guessed: no line is made of them
            read.faults.append(Fault(called, number, row.reason, ""))
            continue
        if is_blank_row(cells):
            continue
        try:
            line = _line(columns, cells)
            if line is None:
                read.left_blank += 1
                continue
            _meet(line, called, number, met)
        except Rejected as error:
            read.faults.append(Fault(called, number, error.reason, error.field))
            continue
        read.lines.append(line)
        if len(read.lines) > _MOST_LINES:
            raise Rejected(f"the file has more than {_MOST_LINES:,} lines")


def _line(columns: MapColumns, cells: Sequence[Any]) -> MapLine | None:
    """The line of a row; None where it has no programme."""
    said: dict[str, Any] = {
        name: bare(as_text(cell(cells, place)) or "") or None
        for name, place in columns.places.items()
    }
    if said["programme"] is None:
        if said.get("budget_head") is not None:
            raise Rejected(
                "a budget head is named, but no programme: a line names one", "programme"
            )
        return None
    if said.get("since") is not None:
        given = cell(cells, columns.places["since"])
        said["since"] = read_day(given, "since", serials=not isinstance(given, str))
    return check_line(said)


def _meet(line: MapLine, sheet: str, number: int, met: dict[tuple[str, ...], Met]) -> None:
    """Rejected: an earlier row says something else of the same codes from the same day."""
    before = met.setdefault(line.key(), Met(line, sheet, number))
    for name in SAID:
        said, other = (getattr(each, name) or "" for each in (line, before.line))
        if fold_code(said) != fold_code(other):
            where = f"row {before.row}{f' of {before.sheet}' if before.sheet else ''}"
            says = f"says {other!r} of" if other else f"names no {name} for"
            raise Rejected(f"{where} {says} the same codes", name)


def write_map(lines: Iterable[MapLine]) -> bytes:
    """The map as a CSV file that can be loaded back, and of which a spreadsheet runs nothing."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(FIELDS)
    writer.writerows(_cells(line) for line in lines)
    return sheet.getvalue().encode("utf-8-sig")  # by whose mark Excel knows UTF-8


def _cells(line: MapLine) -> Iterator[str]:
    for name in FIELDS:
        value = getattr(line, name)
        yield value.isoformat() if isinstance(value, date) else guarded(value or "")
