"""Write the rejects that are asked for into a spreadsheet to be corrected."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.queries.imports import newest_imports
from services.ingest.queries.reject_corrections import find_corrections
from services.ingest.queries.rejects import RejectFilter, read_rejects
from services.ingest.rejects.reject_case import cells_now
from services.ingest.rejects.reject_cells import LINE
from services.ingest.rejects.reject_origin import FILE, HTTP, row_origin
from services.ingest.rejects.reject_place import RejectPlace, place_rejects
from services.ingest.rejects.reject_sheet import RejectRow, write_sheet
from shared.errors import Rejected

MOST = 100_000
"""Rejects of one spreadsheet."""
_PAGE = 200


async def export_rejects(engine: AsyncEngine, path: Path, form: str, wanted: RejectFilter) -> int:
    """Write them to `path`, as CSV or XLSX; how many there were.

    A reject of which nothing can be corrected (persons' contacts) has no cells of its own, and says
    so. Rejected: more than 100,000, or more than XLSX can hold.
    """
    rows: list[RejectRow] = []
    columns: dict[str, None] = {}
    async with engine.connect() as connection:
        async for row in _rows(connection, wanted):
            if len(rows) == MOST:
                raise Rejected(f"more than {MOST:,} rejects: ask for those of one import or reason")
            rows.append(row)
            columns |= dict.fromkeys(row.cells)
    return await asyncio.to_thread(write_sheet, path, form, list(columns), rows)


async def _rows(connection: AsyncConnection, wanted: RejectFilter) -> AsyncIterator[RejectRow]:
    after = 0
    while page := await read_rejects(connection, after, _PAGE, wanted):
        after = page[-1].seq
        places = await place_rejects(connection, [row.origin for row in page])
        history = await find_corrections(connection, [row.reject_id for row in page])
        origins = [row_origin(row.origin) for row in page]
        files = {origin.file_id for origin in origins if origin is not None}
        runs = await newest_imports(connection, files)
        for row, origin in zip(page, origins, strict=True):
            run = None if origin is None else runs.get(origin.file_id)
            yield _row(row, places[row.origin], history.get(row.reject_id, []), run)


def _row(
    row: Row[Any], place: RejectPlace, history: list[Row[Any]], run: Row[Any] | None
) -> RejectRow:
    reason = row.reason
    try:
        cells = cells_now(row, history, run)
    except Rejected as error:
        cells, reason = {}, f"{row.reason}; {error.reason}"
    line = cells.pop(LINE, "")
    return RejectRow(
        (
            *(row.reject_id, reason, row.field, row.buyer or "", place.file or ""),
            *(place.sheet or "", "" if place.row is None else str(place.row)),
            *(_came_by(row.origin), "", line),
        ),
        cells,
    )


def _came_by(origin: str) -> str:
    return "file" if origin.startswith(FILE) else "HTTP" if origin.startswith(HTTP) else "Kafka"
