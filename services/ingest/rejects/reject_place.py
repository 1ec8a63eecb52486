"""Where a reject came from, in the sender's own terms: the file's name, and the row's number."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import name_files
from services.ingest.rejects.reject_origin import HTTP, row_origin


class RejectPlace(NamedTuple):
    """The name under which a file was imported last, its sheet, and the row in it or in a request.

    In a file the row has the number that a spreadsheet shows; in a request rows count from 1.
    """

    file: str | None = None
    row: int | None = None
    sheet: str | None = None


async def place_rejects(
    connection: AsyncConnection, origins: Iterable[str]
) -> dict[str, RejectPlace]:
    """The place of each of these origins; what came by Kafka has neither file nor row."""
    rows = {origin: row_origin(origin) for origin in origins}
    names = await name_files(connection, {row.file_id for row in rows.values() if row is not None})
    places = {}
    for origin, row in rows.items():
        if row is not None:
            name, sheets = names.get(row.file_id, (None, []))
            shown = sheets[row.sheet] if row.sheet < len(sheets) else None
            places[origin] = RejectPlace(name, row.row, shown or None)
        else:
            is_http = origin.startswith(HTTP)
            places[origin] = RejectPlace(row=int(origin.rpartition("/")[2]) if is_http else None)
    return places
