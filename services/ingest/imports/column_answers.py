"""What persons have answered about the columns of a buyer's files, remembered by the headers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.mappings import find_mappings, remember_mapping
from services.ingest.shapes.copied_sheets import COPIES
from services.ingest.shapes.table import Answers, State, Table


def header_digest(names: Sequence[str]) -> str:
    """What tells one header from another, whatever their case: SHA-256, in hexadecimal."""
    return sha256("\x1f".join(name.casefold() for name in names).encode()).hexdigest()


async def answers_for(
    connection: AsyncConnection, buyer: str, mapped: Mapping[str, str]
) -> Answers:
    """The answers to headers: those that are given now, before those that are remembered."""
    known = await find_mappings(connection, buyer)

    def answers(names: Sequence[str]) -> Mapping[str, str]:
        return known.get(header_digest(names), {}) | dict(mapped)

    return answers


async def remember_answers(
    tx: AsyncConnection,
    buyer: str,
    tables: Sequence[Table],
    mapped: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep what was answered for the sheets of payments that it was used for.

    Which sheets are copies is true of one file, and not remembered.
    """
    lasting = {field: answer for field, answer in mapped.items() if field != COPIES}
    for table in tables:
        if lasting and table.shape.state is State.PAYMENTS:
            names = table.shape.asked_names
            await remember_mapping(tx, buyer, header_digest(names), lasting, now)
