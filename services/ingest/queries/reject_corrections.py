"""SQL of what was corrected of rejects, and of how each of them stands."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Text,
    any_,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.imports.settled import Settled
from services.ingest.tables import reject_corrections, rejects

REJECTED_AGAIN, REOPENED = OPEN = ("rejected", "reopened")
"""The outcomes that leave a reject open."""
DISMISSED = "dismissed"
"""It is no payment or agreement, somebody said."""


class SettledAs(NamedTuple):
    """A payment that a reject of a file was corrected to, and where that row came from."""

    payment_id: str
    origin: str


async def find_settled(
    connection: AsyncConnection, file_ids: Collection[UUID]
) -> dict[UUID, list[Settled]]:
    """What was settled or dismissed of these files' rejects, by the reason of their rejection."""
    of_files = _is_any(reject_corrections.c.file_id, {*file_ids})
    last = (
        select(reject_corrections)
        .where(of_files)
        .ext(distinct_on(reject_corrections.c.reject_id))
        .order_by(reject_corrections.c.reject_id, reject_corrections.c.number.desc())
        .subquery("last")
    )
    query = (
        select(
            last.c.file_id,
            rejects.c.reason,
            last.c.outcome,
            func.count(),
            func.sum(func.coalesce(last.c.pence_before, 0)),
            func.sum(func.coalesce(last.c.pence, 0)),
        )
        .join(rejects, rejects.c.reject_id == last.c.reject_id)
        .where(last.c.outcome.not_in(OPEN))
        .group_by(last.c.file_id, rejects.c.reason, last.c.outcome)
    )
    found: dict[UUID, list[Settled]] = {}
    for file_id, reason, outcome, rows, before, after in await connection.execute(query):
        found.setdefault(file_id, []).append(
            Settled(reason, outcome, rows, int(before), int(after))
        )
    return found


async def find_origins(connection: AsyncConnection, reject_ids: Collection[str]) -> list[str]:
    """Where these rejects came from; none is locked."""
    query = select(rejects.c.origin).where(_is_any(rejects.c.reject_id, reject_ids))
    return list((await connection.execute(query)).scalars())


async def lock_rejects(tx: AsyncConnection, reject_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """These rejects, which nobody else corrects until the transaction ends."""
    query = (
        select(rejects)
        .where(_is_any(rejects.c.reject_id, reject_ids))
        .order_by(rejects.c.reject_id)
        .with_for_update()
    )
    return {row.reject_id: row for row in await tx.execute(query)}


async def find_corrections(
    connection: AsyncConnection, reject_ids: Collection[str]
) -> dict[str, list[Row[Any]]]:
    """All that was corrected of these rejects, in its order."""
    query = (
        select(reject_corrections)
        .where(_is_any(reject_corrections.c.reject_id, reject_ids))
        .order_by(reject_corrections.c.reject_id, reject_corrections.c.number)
    )
    found: dict[str, list[Row[Any]]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.reject_id, []).append(row)
    return found


async def count_settled_rows(
    connection: AsyncConnection, file_id: UUID, row_keys: Collection[UUID]
) -> dict[UUID, int]:
    """How many rejects of a file were used as rows that say each of these."""
    query = (
        select(reject_corrections.c.row_key, func.count())
        .where(
            reject_corrections.c.file_id == file_id,
            _is_any(reject_corrections.c.row_key, row_keys),
        )
        .group_by(reject_corrections.c.row_key)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


async def find_settled_as(
    connection: AsyncConnection, payment_ids: Collection[str]
) -> list[SettledAs]:
    """The rejects that were settled as these payments, whichever file they came in."""
    query = (
        select(cast(reject_corrections.c.payment_id, Text), rejects.c.origin)
        .join(rejects, rejects.c.reject_id == reject_corrections.c.reject_id)
        .where(
            _is_any(reject_corrections.c.payment_id, map(UUID, payment_ids)),
            reject_corrections.c.file_id.is_not(None),
        )
        .order_by(reject_corrections.c.payment_id, rejects.c.reject_id)
    )
    return [SettledAs(*row) for row in await connection.execute(query)]


async def insert_corrections(tx: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep what was corrected."""
    if rows:
        await tx.execute(insert(reject_corrections), rows)


def _is_any(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether it is one of the values: one parameter, since PostgreSQL takes 32,767."""
    return column == any_(literal(list(values), ARRAY(column.type)))
