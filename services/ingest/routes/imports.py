"""`GET /v1/imports`: the files that were imported, and what became of their rows."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.buyers.buyer import find_buyer
from services.ingest.imports.same_bytes import SameBytes, find_same_bytes, same_bytes
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.import_list import ImportFilter, ImportPlace, list_imports
from services.ingest.queries.import_requests import find_requests
from services.ingest.queries.imports import IMPORT_STATES, find_import
from services.ingest.queries.reject_corrections import find_settled
from services.ingest.routes.import_answer import ImportShown, ImportsShown
from services.ingest.routes.show_import import show_import
from shared.access import Allow, Caller
from shared.door.accepted import JSON_TYPE
from shared.door.parameters import check_parameters
from shared.errors import NotKnown, Rejected
from shared.lists.columns import Columns, Item
from shared.lists.cursor import Cursors
from shared.lists.fields import Fields
from shared.lists.going_on import Cursor
from shared.lists.media_types import OTHER_FORMS
from shared.lists.whole_list import WholeLists, by_pages
from shared.lists.wish import NOT_MODIFIED, answer_page, read_wish

_ORDERS = ("-started_at", "started_at")
_AT_ONCE = 500
"""Imports of a whole list in memory: each tells its sheets and the reasons of its rejects."""


def imports_routes(
    engine: AsyncEngine, cursors: Cursors, may_write: Allow, *, locked: bool
) -> APIRouter:
    """The door to the imports.

    What of a file's values may be a name is shown by a `locked` door, one with a token key, to the
    buyer's own officers only.
    """
    router = APIRouter(tags=["imports"], dependencies=[Depends(check_parameters)])
    whole_lists = WholeLists(engine)

    @router.get(
        "/v1/imports",
        summary="List the imports",
        response_model=ImportsShown,
        responses=NOT_MODIFIED | {200: {"content": OTHER_FORMS}},
    )
    async def get_imports(
        request: Request,
        caller: Annotated[Caller, Depends(may_write)],
        cursor: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        buyer: Annotated[str | None, Query(description="Of this buyer alone")] = None,
        state: Annotated[
            str | None,
            Query(description=f"One of {', '.join(IMPORT_STATES)}", examples=["waiting"]),
        ] = None,
        sort: Annotated[
            str, Query(description=f"By their start, `-` the newest first: {', '.join(_ORDERS)}")
        ] = _ORDERS[0],
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Of the buyers that the caller speaks for.

        The whole list at once as `text/csv`, `application/x-ndjson` or Parquet, by Accept.
        """
        wish = read_wish(request, ImportShown, fields)
        _check_known(sort, _ORDERS, "sort", "order of imports")
        if state is not None:
            _check_known(state, IMPORT_STATES, "state", "state of an import")
        newest_first = sort == _ORDERS[0]
        asked = ["imports", buyer, state, sort]
        place = None if cursor is None else cursors.read(asked, cursor, _place)

        async def wanted(connection: AsyncConnection) -> ImportFilter:
            whose = caller.only
            if buyer is not None:
                find_buyer(await find_buyers(connection), buyer)
                one = frozenset({buyer})
                whose = one if whose is None else whose & one
            return ImportFilter(whose, state)

        async def page(
            connection: AsyncConnection, which: ImportFilter, after: ImportPlace | None, limit: int
        ) -> tuple[list[Item], ImportPlace | None]:
            """Imports after a place; that of the last, None where the list ends with it."""
            rows = await list_imports(
                connection, which, after, limit + 1, newest_first=newest_first
            )
            items = await _show_imports(connection, rows[:limit], caller, {}, locked=locked)
            last = rows[limit - 1] if len(rows) > limit else None
            return items, last and ImportPlace(last.started_at, last.import_id)

        async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
            which = await wanted(connection)
            async for items in by_pages(
                lambda place: page(connection, which, place, _AT_ONCE), wish.names
            ):
                yield items

        if wish.whole:
            return await whole_lists.send(wish, "imports", [*asked, locked], caller, every)
        async with engine.connect() as connection:
            items, last = await page(connection, await wanted(connection), place, limit)
        following = last and cursors.write(asked, [last.started_at, str(last.import_id)])
        return answer_page(wish, {"imports": items, "next": following}, "imports")

    @router.get("/v1/imports/{import_id}", summary="Show one import", response_model=ImportShown)
    async def get_import(
        caller: Annotated[Caller, Depends(may_write)], import_id: UUID
    ) -> Response:
        """How far it is, and what became of its rows."""
        return await answer_own_import(engine, import_id, caller, locked=locked)

    return router


async def answer_own_import(
    engine: AsyncEngine,
    import_id: UUID,
    caller: Caller,
    *,
    locked: bool,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    sent_again: bool = False,
) -> Response:
    """An import of a buyer for whom the caller speaks. NotKnown: there is none by this id.

    `sent_again`: to who sent its bytes once more.
    """
    async with engine.connect() as connection:
        row = await find_own_import(connection, import_id, caller)
        before = {import_id: same_bytes(row)} if sent_again else {}
        [shown] = await _show_imports(connection, [row], caller, before, locked=locked)
    return Response(orjson.dumps(shown), status, headers, media_type=JSON_TYPE)


async def find_own_import(connection: AsyncConnection, import_id: UUID, caller: Caller) -> Row[Any]:
    """An import of a buyer for whom the caller speaks. NotKnown: there is none by this id."""
    row = await find_import(connection, import_id)
    if row is None or not caller.speaks_for(row.buyer):
        raise NotKnown(f"no import {import_id} is known")
    return row


async def _show_imports(
    connection: AsyncConnection,
    rows: Sequence[Row[Any]],
    caller: Caller,
    sent_again: Mapping[UUID, SameBytes],
    *,
    locked: bool,
) -> list[Item]:
    """Imports with what was asked of them, what brought their bytes before (those `sent_again`
    themselves) and what was settled of their rejects.
    """
    requests = await find_requests(connection, [row.import_id for row in rows])
    settled = await find_settled(connection, [row.file_id for row in rows])
    before = await find_same_bytes(connection, rows) | dict(sent_again)
    return [
        show_import(
            row,
            requests.get(row.import_id),
            settled.get(row.file_id, ()),
            before.get(row.import_id),
            officer=not locked or caller.may_see_personal(row.buyer),
        )
        for row in rows
    ]


def _check_known(asked: str, known: Sequence[str], field: str, what: str) -> None:
    if asked not in known:
        raise Rejected(f"{asked[:80]!r} is no {what}; known are: {', '.join(known)}", field)


def _place(started_at: str, import_id: str) -> ImportPlace:
    return ImportPlace(datetime.fromisoformat(started_at), UUID(import_id))
