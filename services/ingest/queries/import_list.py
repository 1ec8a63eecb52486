"""SQL of the list of imports: by page, in the order of their start."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import IMPORT_STATES

_SHOWN = """
    import_id, file_id, run, buyer, name, state, started_at, moved_at,
    accepted, accepted_pence, already_known, already_known_pence, changed, changed_pence,
    rejected_by_reason, reworded_by_field, repeated, first_date, last_date, skipped_by_kind, sheets,
    republication, taking_back
"""
"""Of an import what its list tells; not how its rows are read, which may be as long again."""
_OF_ANY_BUYER = """
    select {shown} from imports where {follows} {of_state}
    order by started_at {direction}, import_id {direction} limit :limit
"""
# Each buyer's and state's are taken from the index in their order: of a few failed imports of a
# buyer among 100,000 others none but they are looked at.
_OF_BUYERS = """
    select {shown} from (
        select found.* from unnest(cast(:buyers as text[])) as of_buyer (buyer)
        cross join unnest(cast(:states as text[])) as of_state (state)
        cross join lateral (
            select import_id, started_at from imports
            where imports.buyer = of_buyer.buyer and imports.state = of_state.state and {follows}
            order by started_at {direction}, import_id {direction} limit :limit
        ) as found
        order by started_at {direction}, import_id {direction} limit :limit
    ) as page join imports using (import_id, started_at)
    order by started_at {direction}, import_id {direction}
"""
_FOLLOWS = "(started_at, import_id) {follows} (cast(:started_at as timestamptz), :import_id)"


class ImportPlace(NamedTuple):
    """Where an import stands in a list: by its start, then by its id."""

    started_at: datetime
    import_id: UUID


class ImportFilter(NamedTuple):
    """Imports of these buyers, in this state; of any where None."""

    buyers: Collection[str] | None = None
    state: str | None = None


async def list_imports(
    connection: AsyncConnection,
    wanted: ImportFilter,
    after: ImportPlace | None,
    limit: int,
    *,
    newest_first: bool = True,
) -> list[Row[Any]]:
    """The `limit` imports that follow a place, by when they were started, as far as lists tell."""
    asked: dict[str, Any] = {"limit": limit}
    follows, of_state = "true", ""
    if after is not None:
        follows = _FOLLOWS.format(follows="<" if newest_first else ">")
        asked |= after._asdict()
    if wanted.buyers is not None:
        states = IMPORT_STATES if wanted.state is None else (wanted.state,)
        asked |= {"buyers": list(wanted.buyers), "states": list(states)}
    elif wanted.state is not None:
        of_state = "and state = :state"
        asked["state"] = wanted.state
    statement = (_OF_ANY_BUYER if wanted.buyers is None else _OF_BUYERS).format(
        shown=_SHOWN,
        follows=follows,
        of_state=of_state,
        direction="desc" if newest_first else "asc",
    )
    return list(await connection.execute(text(statement), asked))
