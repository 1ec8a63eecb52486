"""Where a reject came from, in the sender's own terms: the file's name, and the row's number."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import name_files

_FILE, _HTTP = "file:", "http:"


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
    split = {origin: origin.rpartition("/") for origin in origins}
    of_files = {_file_of(head)[0] for head, _, _ in split.values() if head.startswith(_FILE)}
    names = await name_files(connection, of_files)
    places = {}
    for origin, (head, _, last) in split.items():
        if head.startswith(_FILE):
            file, sheet = _file_of(head)
            name, sheets = names.get(file, (None, []))
            shown = sheets[sheet] if sheet < len(sheets) else None
            places[origin] = RejectPlace(name, int(last), shown or None)
        else:
            places[origin] = RejectPlace(row=int(last) if head.startswith(_HTTP) else None)
    return places


def _file_of(head: str) -> tuple[str, int]:
    """The id of the file and the place of the sheet in it: `file:ID` of the first, `file:ID/2`."""
    file, _, sheet = head.removeprefix(_FILE).partition("/")
    return file, int(sheet or 0)
