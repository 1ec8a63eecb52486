"""XLS, XLSB and ODS workbooks by python-calamine, a sheet at a time; in the readers' process."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

_CELLS_AT_ONCE = 20_000

Batch = tuple[int, list[Any]]


def answer(request: dict[str, Any]) -> Iterator[Batch]:
    """The rows of the sheet that is asked for; without one, name and hidden of every sheet."""
    # From a file, not from its path: of a path the suffix would be believed.
    with (
        Path(request["path"]).open("rb") as file,
        CalamineWorkbook.from_filelike(file) as workbook,
    ):
        if request["sheet"] is None:
            yield (
                0,
                [
                    (sheet.name, sheet.visible != SheetVisibleEnum.Visible)
                    for sheet in workbook.sheets_metadata
                    if sheet.typ == SheetTypeEnum.WorkSheet
                ],
            )
        else:
            sheet = workbook.get_sheet_by_name(request["sheet"])
            # The library leaves out the columns, but not the rows, before the first that is used.
            before = [None] * (sheet.start[1] if sheet.start else 0)
            yield from batches((before + row for row in sheet.iter_rows()), request["columns"])


def batches(rows: Iterable[list[Any]], columns: int) -> Iterator[Batch]:
    """Rows without the blank cells at their ends; blank rows only where others follow.

    Beyond so many columns, where a table has none, blank cells between others are left out too: a
    damaged workbook may say that its next cell is the seven millionth.
    """
    batch: list[list[Any]] = []
    first = following = 1
    cells = 0
    for number, row in enumerate(rows, 1):
        while row and (row[-1] is None or row[-1] == ""):
            row.pop()
        if not row:
            continue
        if len(row) > columns:
            row[columns:] = [value for value in row[columns:] if value not in {None, ""}]
        while following < number:
            room = min(number - following, _CELLS_AT_ONCE)
            batch.extend([] for _ in range(room))
            cells, following = cells + room, following + room
            if cells >= _CELLS_AT_ONCE:
                yield first, batch
                first, batch, cells = following, [], 0
        batch.append(row)
        cells, following = cells + len(row), number + 1
        if cells >= _CELLS_AT_ONCE:
            yield first, batch
            first, batch, cells = following, [], 0
    if batch:
        yield first, batch
