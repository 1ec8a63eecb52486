"""GET /v1/notices: formal acts on agreements, of all of them."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import choose
from services.api.queries.buyers import known_buyers
from services.api.queries.notices import FIRST, Sought, list_notices
from services.api.routes.agreements.agreement_example import EXAMPLE
from services.api.routes.agreements.notices import NoticeAnswer
from services.api.routes.door import Answer, Door
from services.api.routes.list_asked import list_answers
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.lists.columns import Columns
from shared.lists.fields import Fields
from shared.lists.going_on import Cursor
from shared.lists.whole_list import by_pages
from shared.lists.wish import answer_page, read_wish

_MOST = 500
"""Notices of a page."""
_STATES = ("drafted", "served", "acknowledged", "withdrawn", "expired")


class NoticeItem(NoticeAnswer):
    """A notice, and on what it acts."""

    agreement_id: UUID
    buyer: str


class NoticePage(Answer):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[NoticeItem]
    next: str | None


_ITEM = EXAMPLE["notices"][0] | {name: EXAMPLE[name] for name in ("agreement_id", "buyer")}
_EXAMPLE = {"items": [_ITEM], "next": "AxT3"}


def notice_routes(door: Door) -> APIRouter:
    """Lists of notices."""
    router = APIRouter(tags=["agreements"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/notices",
        summary="Notices of all agreements, each as it stands",
        response_model=NoticePage,
        responses=list_answers(_EXAMPLE),
    )
    async def notices(
        request: Request,
        caller: Annotated[Caller, Depends(door.allow("spend:read"))],
        buyer: str | None = None,
        agreement: Annotated[UUID | None, Query(description="By the agreement's id")] = None,
        state: Annotated[str | None, Query(description=f"One of {', '.join(_STATES)}")] = None,
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
        cursor: Cursor = None,
    ) -> Response:
        """In the order of their ids. The whole list at once as `text/csv`, `application/x-ndjson`
        or Parquet, by Accept.
        """
        wish = read_wish(request, NoticeItem, fields)
        choose([state] if state else [], _STATES, "state")
        sought = Sought(buyer, str(agreement) if agreement else None, state)
        asked = ["notices", *sought]

        async def page(
            connection: AsyncConnection, after: str | None, limit: int
        ) -> tuple[list[dict[str, Any]], str | None]:
            """Notices after the one of this id; that of the last, None where it is the end."""
            rows = await list_notices(connection, sought, after=after or FIRST, limit=limit + 1)
            items = [{name: row[name] for name in NoticeItem.model_fields} for row in rows[:limit]]
            return items, items[-1]["notice_id"] if len(rows) > limit else None

        async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
            choose([buyer] if buyer else [], await known_buyers(connection), "buyer")
            async for items in by_pages(lambda place: page(connection, place, _MOST), wish.names):
                yield items

        if wish.whole:
            return await door.whole_lists.send(wish, "notices", asked, caller, every)
        after = None if cursor is None else str(door.cursors.read(asked, cursor, UUID))
        async with door.engine.connect() as connection:
            choose([buyer] if buyer else [], await known_buyers(connection), "buyer")
            items, last = await page(connection, after, limit)
        place = last and door.cursors.write(asked, [last])
        return answer_page(wish, {"items": items, "next": place})

    return router
