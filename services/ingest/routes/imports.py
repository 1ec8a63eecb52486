"""`GET /v1/imports`: the files that were imported, and what became of their rows."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.buyers.buyer import find_buyer
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.import_requests import find_requests
from services.ingest.queries.imports import IMPORT_STATES, find_import, list_imports
from services.ingest.queries.reject_corrections import find_settled
from services.ingest.routes.import_answer import ImportShown, ImportsShown, show_import
from shared.access import Allow, Caller
from shared.errors import NotKnown, Rejected
from shared.parameters import check_parameters


def imports_routes(engine: AsyncEngine, may_write: Allow, *, locked: bool) -> APIRouter:
    """The door to the imports.

    What of a file's values may be a name is shown by a `locked` door, one with a token key, to the
    buyer's own officers only.
    """
    router = APIRouter(tags=["imports"], dependencies=[Depends(check_parameters)])

    @router.get("/v1/imports", summary="List the imports")
    async def get_imports(
        caller: Annotated[Caller, Depends(may_write)],
        after: Annotated[str | None, Query(description="`next` of a page")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        buyer: Annotated[str | None, Query(description="Of this buyer alone")] = None,
        state: Annotated[
            str | None,
            Query(description=f"One of {', '.join(IMPORT_STATES)}", examples=["waiting"]),
        ] = None,
    ) -> ImportsShown:
        """Of the buyers that the caller speaks for, the newest first."""
        before = None if after is None else _read_cursor(after)
        if state not in (None, *IMPORT_STATES):
            known = ", ".join(IMPORT_STATES)
            raise Rejected(f"{state[:80]!r} is no state of an import; known are: {known}", "state")
        async with engine.connect() as connection:
            whose = caller.only
            if buyer is not None:
                find_buyer(await find_buyers(connection), buyer)
                one = frozenset({buyer})
                whose = one if whose is None else whose & one
            rows = await list_imports(connection, before, limit, whose, state)
            shown = await show_imports(connection, rows, caller, locked=locked)
        full = len(rows) == limit
        return ImportsShown(imports=shown, next=_cursor(rows[-1]) if full else None)

    @router.get("/v1/imports/{import_id}", summary="Show one import")
    async def get_import(
        caller: Annotated[Caller, Depends(may_write)], import_id: UUID
    ) -> ImportShown:
        """How far it is, and what became of its rows."""
        return await show_own_import(engine, import_id, caller, locked=locked)

    return router


async def show_own_import(
    engine: AsyncEngine, import_id: UUID, caller: Caller, *, locked: bool
) -> ImportShown:
    """An import of a buyer for whom the caller speaks. NotKnown: there is none by this id."""
    async with engine.connect() as connection:
        row = await find_own_import(connection, import_id, caller)
        return (await show_imports(connection, [row], caller, locked=locked))[0]


async def find_own_import(connection: AsyncConnection, import_id: UUID, caller: Caller) -> Row[Any]:
    """An import of a buyer for whom the caller speaks. NotKnown: there is none by this id."""
    row = await find_import(connection, import_id)
    if row is None or not caller.speaks_for(row.buyer):
        raise NotKnown(f"no import {import_id} is known")
    return row


async def show_imports(
    connection: AsyncConnection, rows: Sequence[Row[Any]], caller: Caller, *, locked: bool
) -> list[ImportShown]:
    """Imports with what was asked of them and what was settled of their rejects."""
    requests = await find_requests(connection, [row.import_id for row in rows])
    settled = await find_settled(connection, [row.file_id for row in rows])
    return [
        show_import(
            row,
            requests.get(row.import_id),
            settled.get(row.file_id, ()),
            officer=not locked or caller.may_see_personal(row.buyer),
        )
        for row in rows
    ]


def _cursor(row: Row[Any]) -> str:
    place = f"{row.started_at.isoformat()} {row.import_id}"
    return base64.urlsafe_b64encode(place.encode()).decode()


def _read_cursor(text: str) -> tuple[datetime, str]:
    try:
        started, _, import_id = base64.urlsafe_b64decode(text).decode().partition(" ")
        return datetime.fromisoformat(started), str(UUID(import_id))
    except (binascii.Error, ValueError) as error:
        raise Rejected("after is no `next` of a page of imports", "after") from error
