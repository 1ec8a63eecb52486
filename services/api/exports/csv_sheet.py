"""Rows of an export as CSV, a piece at a time, of which a spreadsheet program runs nothing."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

from services.api.exports.exported import Exported
from shared.csv_rows import csv_header, csv_of_rows

Cells = Sequence[str | int]
"""Text, and pence where it is a number."""
_ROWS_A_PIECE = 2_000


async def as_csv(
    columns: Sequence[str], rows: AsyncIterator[Exported[Cells]]
) -> AsyncIterator[bytes]:
    """A header and every row that is published, in UTF-8 with the mark by which Excel knows it."""
    before = csv_header(columns)
    waiting: list[Sequence[object]] = []
    async for row in rows:
        if row.content is None:
            continue
        waiting.append(
            [_in_pounds(cell) if isinstance(cell, int) else cell for cell in row.content]
        )
        if len(waiting) == _ROWS_A_PIECE:
            yield before + csv_of_rows(waiting)
            before, waiting = b"", []
    yield before + csv_of_rows(waiting)


def _in_pounds(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2)
