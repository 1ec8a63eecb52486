"""SQL of the quarantine, as it is looked through."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import TAKEN_BACK
from services.ingest.queries.reject_corrections import DISMISSED, OPEN, REJECTED_AGAIN
from services.ingest.rejects.reject_origin import FILE
from services.ingest.tables import imports, reject_corrections, rejects

RejectState = Literal["open", "settled", "dismissed", "dropped"]
"""dropped: the import of its file was taken back, and no other has met it since."""
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
    state: RejectState | None = None
    since: datetime | None = None
    until: datetime | None = None


_of_reject = reject_corrections.c.reject_id == rejects.c.reject_id
_newest = select(reject_corrections).where(_of_reject).order_by(reject_corrections.c.number.desc())
_last = _newest.limit(1).lateral("last")
_fault = _newest.where(reject_corrections.c.outcome == REJECTED_AGAIN).limit(1).lateral("fault")
_file_id = case(
    (
        func.starts_with(rejects.c.origin, FILE),
        cast(func.split_part(func.substr(rejects.c.origin, len(FILE) + 1), "/", 1), Uuid),
    )
)
_imported = (
    select(func.bool_and(imports.c.state == TAKEN_BACK).label("dropped"))
    .where(imports.c.file_id == _file_id)
    .lateral("imported")
)
_outcome = func.coalesce(_last.c.outcome, REJECTED_AGAIN)
_state = case(
    (_outcome == DISMISSED, "dismissed"),
    (_outcome.not_in(OPEN), "settled"),
    (func.coalesce(_imported.c.dropped, false()), "dropped"),
    else_="open",
)
_reason = func.coalesce(_fault.c.reason, rejects.c.reason)
_field = func.coalesce(_fault.c.field, rejects.c.field)
_SAID = (
    rejects.c.seq,
    rejects.c.reject_id,
    rejects.c.origin,
    rejects.c.buyer,
    _reason.label("reason"),
    _field.label("field"),
    rejects.c.received_at,
    _state.label("state"),
    _last.c.outcome,
    _last.c.who,
    _last.c.corrected_at,
)


_WITH = rejects.outerjoin(_last, true()).outerjoin(_fault, true()).outerjoin(_imported, true())


def _is_of_file(file_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Of every row of a file, as a range of the index: "0" is the byte after "/"."""
    first, after = (func.concat(FILE, file_id, end) for end in "/0")
    origin = rejects.c.origin
    return and_(
        origin.op("~>=~", is_comparison=True)(first), origin.op("~<~", is_comparison=True)(after)
    )


def _matching(query: Select[Any], wanted: RejectFilter) -> Select[Any]:
    query = query.select_from(_WITH)
    if wanted.buyers is not None:
        query = query.where(rejects.c.buyer.in_(wanted.buyers))
    if wanted.import_id is not None:
        file_id = select(imports.c.file_id).where(imports.c.import_id == wanted.import_id)
        query = query.where(_is_of_file(cast(file_id.scalar_subquery(), Text)))
    if wanted.reason is not None:
        query = query.where(_reason.icontains(wanted.reason, autoescape=True))
    if wanted.field is not None:
        query = query.where(_field == wanted.field)
    if wanted.state is not None:
        query = query.where(_state == wanted.state)
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


async def reject_of_number(connection: AsyncConnection, number: int) -> str | None:
    """The id of the reject with this number in the order of arrival."""
    query = select(rejects.c.reject_id).where(rejects.c.seq == number)
    return (await connection.execute(query)).scalar_one_or_none()


async def rejected_places(connection: AsyncConnection, file_id: str, buyer: str | None) -> set[str]:
    """The origins of all rows of a file that were ever rejected; of one buyer, or of any."""
    query = select(rejects.c.origin).where(_is_of_file(literal(file_id)))
    if buyer is not None:
        query = query.where(rejects.c.buyer == buyer)
    return set((await connection.execute(query)).scalars())
