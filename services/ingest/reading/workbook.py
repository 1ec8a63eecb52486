"""XLS, XLSB and ODS workbooks."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from services.ingest.reading.limits import Limits
from services.ingest.reading.numbers import as_shown
from services.ingest.reading.reader import ask
from services.ingest.reading.sheet import Cell, Row, Sheet, SheetRow, Torn
from shared.errors import Rejected


def open_workbook(
    path: Path, what: str, limits: Limits, member: str = "", notes: tuple[str, ...] = ()
) -> Iterator[Sheet]:
    """The sheets that have cells. Rejected: damaged, locked by a password, or too large."""
    for _, sheets in _ask(path, what, limits, None):
        for name, hidden in sheets:
            read = partial(_read_sheet, path, what, limits, name)
            yield Sheet(read, member, name, hidden, notes=notes)


def _read_sheet(path: Path, what: str, limits: Limits, name: str, _: Torn) -> Iterator[SheetRow]:
    for first, rows in _ask(path, what, limits, name):
        for number, row in enumerate(rows, first):
            yield SheetRow(number, _read_row(row))


def _ask(
    path: Path, what: str, limits: Limits, sheet: str | None
) -> Iterator[tuple[int, list[Any]]]:
    try:
        yield from ask(
            path, what, limits, {"kind": "workbook", "sheet": sheet, "columns": limits.columns}
        )
    except Rejected as error:
        if "assword" in error.reason or "ncrypt" in error.reason:
            raise Rejected(f"{what} is locked by a password: send it without one") from error
        # The library names parts as the file does.
        why = "".join(each if each.isprintable() else " " for each in error.reason)
        raise Rejected(
            f"{what} is no workbook that can be read ({why}): save it as XLSX or CSV"
        ) from error


def _read_row(row: Row) -> Row:
    return tuple([_read_cell(value) for value in row])


def _read_cell(value: Cell) -> Cell:
    if value == "":
        return None
    return as_shown(value) if type(value) is float else value
