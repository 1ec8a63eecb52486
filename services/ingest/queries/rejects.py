"""SQL of the quarantine, as it is looked through."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, Select, Text, case, cast, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.reject_corrections import REJECTED_AGAIN
from services.ingest.tables import imports, reject_corrections, rejects

MOST_SHOWN = 65_536
"""Bytes of a reject's content that a list shows; longer headers it leaves out."""


@dataclass(frozen=True)
class RejectFilter:
    """Which rejects are asked for; all of them where nothing is said.

    `reason` is a part of it, in any case, and with `field` as at the last correction. Received from
    `since` on and before `until`.
    """

    buyers: Collection[str] | None = None
    import_id: UUID | None = None
    reason: str | None = None
    field: str | None = None
    state: Literal["open", "settled"] | None = None
    since: datetime | None = None
    until: datetime | None = None


_last = (
    select(reject_corrections)
    .where(reject_corrections.c.reject_id == rejects.c.reject_id)
    .order_by(reject_corrections.c.number.desc())
    .limit(1)
    .lateral("last")
)
_is_settled = func.coalesce(_last.c.outcome, REJECTED_AGAIN) != REJECTED_AGAIN
_reason = case((_last.c.outcome == REJECTED_AGAIN, _last.c.reason), else_=rejects.c.reason)
_field = case((_last.c.outcome == REJECTED_AGAIN, _last.c.field), else_=rejects.c.field)
_SAID = (
    rejects.c.seq,
    rejects.c.reject_id,
    rejects.c.origin,
    rejects.c.buyer,
    _reason.label("reason"),
    _field.label("field"),
    rejects.c.received_at,
    case((_is_settled, "settled"), else_="open").label("state"),
    _last.c.outcome,
    _last.c.who,
    _last.c.corrected_at,
)


def _matching(query: Select[Any], wanted: RejectFilter) -> Select[Any]:
    query = query.select_from(rejects.outerjoin(_last, true()))
    if wanted.buyers is not None:
        query = query.where(rejects.c.buyer.in_(wanted.buyers))
    if wanted.import_id is not None:
        file_id = select(imports.c.file_id).where(imports.c.import_id == wanted.import_id)
        of_file = func.concat("file:", cast(file_id.scalar_subquery(), Text), "/")
        query = query.where(func.starts_with(rejects.c.origin, of_file))
    if wanted.reason is not None:
        query = query.where(_reason.icontains(wanted.reason, autoescape=True))
    if wanted.field is not None:
        query = query.where(_field == wanted.field)
    if wanted.state is not None:
        query = query.where(_is_settled if wanted.state == "settled" else ~_is_settled)
    if wanted.since is not None:
        query = query.where(rejects.c.received_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(rejects.c.received_at < wanted.until)
    return query


async def list_rejects(
    connection: AsyncConnection, after: int, limit: int, wanted: RejectFilter
) -> list[Row[Any]]:
    """The rejects after that place in the order of arrival, with the start of their content."""
    query = select(
        *_SAID,
        func.octet_length(rejects.c.content).label("size"),
        func.substr(rejects.c.content, 1, MOST_SHOWN).label("start"),
        case(
            (func.octet_length(cast(rejects.c.headers, Text)) <= MOST_SHOWN, rejects.c.headers)
        ).label("headers"),
    )
    matching = _matching(query, wanted).where(rejects.c.seq > after)
    return list(await connection.execute(matching.order_by(rejects.c.seq).limit(limit)))


async def read_rejects(
    connection: AsyncConnection, after: int, limit: int, wanted: RejectFilter
) -> list[Row[Any]]:
    """The same with all that was sent."""
    query = select(*_SAID, rejects.c.content, rejects.c.headers)
    matching = _matching(query, wanted).where(rejects.c.seq > after)
    return list(await connection.execute(matching.order_by(rejects.c.seq).limit(limit)))


async def find_reject(connection: AsyncConnection, reject_id: str) -> Row[Any] | None:
    """A reject with all of its content."""
    return (
        await connection.execute(select(rejects).where(rejects.c.reject_id == reject_id))
    ).one_or_none()


async def rejected_places(connection: AsyncConnection, file_id: str, buyer: str) -> set[str]:
    """The origins of all rows of a file that were ever rejected."""
    query = select(rejects.c.origin).where(
        rejects.c.buyer == buyer, func.starts_with(rejects.c.origin, f"file:{file_id}/")
    )
    return set((await connection.execute(query)).scalars())
