"""GET /v1/renewals: which agreements need a decision, soonest first."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import choose
from services.api.queries.buyers import known_buyers
from services.api.queries.renewals import Due, Own, read_renewals
from services.api.routes.agreements.agreement_example import EXAMPLE
from services.api.routes.agreements.show_renewal import RenewalAnswer, show_renewals
from services.api.routes.door import Answer, Door
from services.api.routes.list_asked import list_answers
from services.api.routes.withheld import WithheldAnswer, tell_withheld
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import Rejected
from shared.lists.columns import Columns
from shared.lists.fields import Fields
from shared.lists.going_on import Cursor
from shared.lists.whole_list import by_pages
from shared.lists.wish import answer_page, read_wish

_MOST = 200
"""Agreements of a page."""

_Place = tuple[date, str]


class RenewalPage(Answer):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    as_of: date
    items: list[RenewalAnswer]
    withheld: WithheldAnswer | None
    next: str | None


_ITEM = {name: EXAMPLE[name] for name in RenewalAnswer.model_fields if name in EXAMPLE} | {
    "next_on": "2027-09-30",
    "next_kinds": ["notice"],
    "overdue_on": None,
}
_EXAMPLE = {"as_of": "2027-04-01", "items": [_ITEM], "withheld": None, "next": "AxT3"}


def renewal_routes(door: Door) -> APIRouter:
    """Renewals."""
    router = APIRouter(tags=["agreements"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/renewals",
        summary="Agreements that end, or bring something, before a day; or are overdue",
        response_model=RenewalPage,
        responses=list_answers(_EXAMPLE),
    )
    async def renewals(
        request: Request,
        caller: Annotated[Caller, Depends(door.allow("spend:read", providers=True))],
        before: Annotated[
            date | None,
            Query(description="What is due before this day; needed, unless `overdue` is asked for"),
        ] = None,
        since: Annotated[
            date | None, Query(description="What is due from this day on, `as_of` by default")
        ] = None,
        as_of: Annotated[
            date | None,
            Query(description="The day by which terms are in force and dates past; today"),
        ] = None,
        buyer: str | None = None,
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
        cursor: Cursor = None,
        *,
        overdue: Annotated[
            bool,
            Query(description="Instead those of which something is past and open, oldest first"),
        ] = False,
    ) -> Response:
        """Agreements not over, soonest first. Obligations that are raised stay open, acknowledged
        or not, until a decision closes them or the agreement is over; withdrawn and skipped ones
        count no more. What each brings is told by /v1/agreements/{agreement_id}.

        The whole list at once as `text/csv`, `application/x-ndjson` or Parquet, by Accept.
        """
        wish = read_wish(request, RenewalAnswer, fields)
        due = _due(as_of or door.today(), since, before, overdue=overdue)
        asked = ["renewals", as_of, since, before, overdue, buyer, caller.organisation]

        async def page(
            connection: AsyncConnection, after: _Place | None, limit: int
        ) -> tuple[list[dict[str, Any]], _Place | None]:
            """Agreements after a place; that of the last, None where there are no more."""
            rows = await read_renewals(
                connection,
                due,
                buyer=buyer,
                own=Own(caller.organisation, door.today()) if caller.organisation else None,
                after=after,
                limit=limit + 1,
            )
            shown = await show_renewals(connection, rows[:limit], caller)
            if len(rows) <= limit:
                return shown, None
            return shown, (rows[limit - 1]["listed_on"], rows[limit - 1]["agreement_id"])

        async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
            choose([buyer] if buyer else [], await known_buyers(connection), "buyer")
            async for items in by_pages(lambda place: page(connection, place, _MOST), wish.names):
                yield items

        if wish.whole:
            return await door.whole_lists.send(wish, "renewals", [*asked, due], caller, every)
        after = None
        if cursor is not None:
            after = door.cursors.read(asked, cursor, _place)
        async with door.engine.connect() as connection:
            choose([buyer] if buyer else [], await known_buyers(connection), "buyer")
            items, last = await page(connection, after, limit)
        return answer_page(
            wish,
            {
                "as_of": due.as_of,
                "items": items,
                "withheld": tell_withheld(door, items),
                "next": last and door.cursors.write(asked, last),
            },
        )

    return router


def _place(day: str, agreement: str) -> tuple[date, str]:
    return date.fromisoformat(day), str(agreement)


def _due(as_of: date, since: date | None, before: date | None, *, overdue: bool) -> Due:
    """What is asked; Rejected where it is nothing that can be due."""
    if overdue:
        for name, value in (("before", before), ("since", since)):
            if value is not None:
                raise Rejected("does not go with `overdue`, which is all before `as_of`", name)
        return Due(as_of, as_of, None)
    if before is None:
        raise Rejected("is needed, unless `overdue` is asked for", "before")
    if since is not None and since < as_of:
        raise Rejected(
            f"must not be earlier than {as_of}: what is past and open is listed by overdue=true",
            "since",
        )
    if before < (since or as_of):
        raise Rejected(f"`before` must not be earlier than {since or as_of}", "before")
    return Due(as_of, since or as_of, before)
