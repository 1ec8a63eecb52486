"""The import that brought the very bytes of a file before, in the words of every door."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import find_import, first_finished


class SameBytes(NamedTuple):
    """An import of the same bytes: its id, for whom, the file's name and when it was begun."""

    import_id: str
    buyer: str
    file: str
    started_at: datetime

    @property
    def told(self) -> str:
        """For whom, when, under which name and as which import they were imported."""
        when = f"{self.started_at:%Y-%m-%d %H:%M} UTC"
        return f"for {self.buyer} on {when} as {self.file} (import {self.import_id})"


def same_bytes(row: Row[Any]) -> SameBytes:
    """An import's row as one of the same bytes."""
    return SameBytes(str(row.import_id), row.buyer, row.name, row.started_at)


async def find_same_bytes(
    connection: AsyncConnection, rows: Collection[Row[Any]]
) -> dict[UUID, SameBytes]:
    """What brought the bytes of imports before them, by the ids of those that are no first ones."""
    again = [row for row in rows if row.run > 1]
    first = await first_finished(connection, {row.file_id for row in again})
    return {
        row.import_id: same_bytes(first[row.file_id])
        for row in again
        if row.file_id in first and first[row.file_id].run < row.run
    }


async def find_same_bytes_of(connection: AsyncConnection, import_id: str) -> SameBytes | None:
    """What brought the bytes of one import before it."""
    row = await find_import(connection, UUID(import_id))
    found = {} if row is None else await find_same_bytes(connection, [row])
    return found.get(UUID(import_id))
