"""Rows of an export as CSV, a piece at a time, of which a spreadsheet program runs nothing."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

from services.api.exports.exported import Exported
from shared.money import format_pounds
from shared.spreadsheet_cell import guarded

Cells = Sequence[str | int]
"""Text, and pence where it is a number."""
_ROWS_A_PIECE = 500


async def as_csv(
    columns: Sequence[str], rows: AsyncIterator[Exported[Cells]]
) -> AsyncIterator[bytes]:
    """A header and every row that is published, in UTF-8 with the mark by which Excel knows it."""
    file = io.StringIO(newline="")
    file.write("\N{BYTE ORDER MARK}")
    writer = csv.writer(file)
    writer.writerow(columns)
    waiting = 1
    async for row in rows:
        if row.content is None:
            continue
        writer.writerow([_shown(cell) for cell in row.content])
        waiting += 1
        if waiting == _ROWS_A_PIECE:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
            waiting = 0
    yield file.getvalue().encode()


def _shown(cell: str | int) -> str:
    return format_pounds(cell) if isinstance(cell, int) else guarded(cell)
