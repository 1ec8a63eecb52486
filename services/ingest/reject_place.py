"""Where a reject came from, in the sender's own terms: the file's name, and the row's number."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import name_files

_FILE, _HTTP = "file:", "http:"


class RejectPlace(NamedTuple):
    """The name under which a file was imported last, and the row in a file or a request.

    In a file the row after the header is 1, blank ones count; in a request rows count from 1.
    """

    file: str | None = None
    row: int | None = None


async def place_rejects(
    connection: AsyncConnection, origins: Iterable[str]
) -> dict[str, RejectPlace]:
    """The place of each of these origins; what came by Kafka has neither file nor row."""
    split = {origin: origin.rpartition("/") for origin in origins}
    of_files = {head.removeprefix(_FILE) for head, _, _ in split.values() if head.startswith(_FILE)}
    names = await name_files(connection, of_files)
    return {
        origin: RejectPlace(names.get(head.removeprefix(_FILE)), int(last))
        if head.startswith((_FILE, _HTTP))
        else RejectPlace()
        for origin, (head, _, last) in split.items()
    }
