"""GET /v1/agreements: what is agreed with whom, until when, and what it brings."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import choose, days, split
from services.api.queries.agreements import (
    FIRST,
    Sought,
    read_agreement,
    read_agreements,
)
from services.api.queries.payees import find_payee
from services.api.routes.agreements.agreement_answer import AgreementAnswer, AgreementWithVersions
from services.api.routes.agreements.agreement_example import EXAMPLE, VERSIONS_EXAMPLE
from services.api.routes.agreements.show_agreement import show_agreements
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.predecessors import WithPredecessors, ask_of
from services.api.routes.withheld import WithheldAnswer, tell_withheld
from services.api.withheld.own import held_to, is_own
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import NotKnown
from shared.events.agreements import Kind, Route
from shared.lists.columns import Columns
from shared.lists.fields import Fields
from shared.lists.going_on import Cursor
from shared.lists.media_types import OTHER_FORMS
from shared.lists.whole_list import by_pages
from shared.lists.wish import NOT_MODIFIED, answer_page, read_wish

_KINDS, _ROUTES = get_args(Kind), get_args(Route)
_MOST = 200
"""Agreements of a page."""


class AgreementPage(Answer):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[AgreementAnswer]
    withheld: WithheldAnswer | None
    next: str | None


def agreement_routes(door: Door) -> APIRouter:
    """Agreements."""
    router = APIRouter(tags=["agreements"], dependencies=[Depends(check_parameters)])
    _list_agreements(router, door)
    _show_agreement(router, door)
    return router


def _list_agreements(router: APIRouter, door: Door) -> None:
    @router.get(
        "/v1/agreements",
        summary="Agreements by buyer, provider, terms and days",
        response_model=AgreementPage,
        responses=problems(422)
        | NOT_MODIFIED
        | {
            200: {
                "content": OTHER_FORMS
                | {
                    "application/json": {
                        "example": {
                            "items": [EXAMPLE],
                            "withheld": None,
                            "next": "AxT3",
                        }
                    }
                }
            }
        },
    )
    async def agreements(
        request: Request,
        caller: Annotated[Caller, Depends(door.allow("spend:read", providers=True))],
        buyer: str | None = None,
        provider: Annotated[
            str | None, Query(description="An org-id, or a supplier's id where it has none")
        ] = None,
        kind: Annotated[list[str], Query(description=f"Any of {', '.join(_KINDS)}")] = [],  # noqa: B006 - FastAPI copies it
        route: Annotated[list[str], Query(description=f"Any of {', '.join(_ROUTES)}")] = [],  # noqa: B006
        programme: Annotated[
            str | None,
            Query(description="Of any of their lines; upper and lower case alike"),
        ] = None,
        since: Annotated[
            date | None, Query(alias="from", description="Those that run on this day or later")
        ] = None,
        until: Annotated[
            date | None,
            Query(
                alias="to",
                description="Those that began by this day, by the terms in force on it; today's "
                "terms by default, and to a provider's token",
            ),
        ] = None,
        *,
        with_predecessors: WithPredecessors = False,
        fields: Fields = [],  # noqa: B006
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
        cursor: Cursor = None,
    ) -> Response:
        """By the terms in force today, or on the last of the days that are asked for, in the order
        of their ids. Those known only by their end, or by terms from a later day, wait for theirs.

        The whole list at once as `text/csv`, `application/x-ndjson` or Parquet, by Accept.
        """
        wish = read_wish(request, AgreementAnswer, fields)
        said = request.query_params.multi_items()
        filters = sorted(each for each in said if each[0] not in {"limit", "cursor", "fields"})
        asked = ["agreements", *filters, caller.organisation]
        supplier, today = _as_uuid(provider), door.today()
        [runs] = days(since, until, [])
        # What became another's is not shown to a provider as it was before.
        on = today if until is None or caller.organisation else until
        narrowed = Sought(
            on,
            organisation=held_to(caller, None if supplier else provider),
            kinds=choose(split(kind), _KINDS, "kind"),
            routes=choose(split(route), _ROUTES, "route"),
            programme=programme,
            runs=runs,
        )

        async def seek(connection: AsyncConnection) -> Sought | None:
            """What is asked for; None where nobody is that provider."""
            of = await ask_of(
                connection, [buyer] if buyer else [], with_predecessors=with_predecessors
            )
            payee = None if supplier is None else await find_payee(connection, supplier, caller)
            if supplier is not None and payee is None:
                return None
            return narrowed._replace(buyers=of.buyers, supplier=payee)

        async def page(
            connection: AsyncConnection, sought: Sought | None, after: str | None, limit: int
        ) -> tuple[list[dict[str, Any]], str | None]:
            """Agreements after the one of this id; that of the last, None where it is the end."""
            if sought is None:
                return [], None
            rows = await read_agreements(connection, sought, after=after or FIRST, limit=limit + 1)
            shown = await show_agreements(connection, rows[:limit], caller)
            return shown, rows[limit - 1]["agreement_id"] if len(rows) > limit else None

        async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
            sought = await seek(connection)
            async for items in by_pages(
                lambda place: page(connection, sought, place, _MOST), wish.names
            ):
                yield items

        if wish.whole:
            return await door.whole_lists.send(wish, "agreements", [*asked, today], caller, every)
        after = None if cursor is None else door.cursors.read(asked, cursor, str)
        async with door.engine.connect() as connection:
            items, last = await page(connection, await seek(connection), after, limit)
        return answer_page(
            wish,
            {
                "items": items,
                "withheld": tell_withheld(door, items),
                "next": last and door.cursors.write(asked, [last]),
            },
        )


def _show_agreement(router: APIRouter, door: Door) -> None:
    @router.get(
        "/v1/agreements/{agreement_id}",
        summary="One agreement",
        response_model=AgreementWithVersions,
        responses=problems(404, 422)
        | {
            200: {
                "content": {
                    "application/json": {"example": EXAMPLE | {"versions": VERSIONS_EXAMPLE}}
                }
            }
        },
    )
    async def agreement(
        agreement_id: UUID,
        caller: Annotated[Caller, Depends(door.allow("spend:read", providers=True))],
    ) -> Response:
        """With its lines, every date that it brings and how far each has come, and what was varied
        from which day.
        """
        async with door.engine.connect() as connection:
            row = await read_agreement(connection, str(agreement_id), door.today())
            rows = [] if row is None or not is_own(caller, row["organisation"]) else [row]
            shown = await show_agreements(connection, rows, caller, versions=True)
        if not shown:
            raise NotKnown(
                f"no agreement with terms in force is known as {agreement_id}: /v1/agreements lists"
                " them"
            )
        return answer(shown[0])


def _as_uuid(text: str | None) -> str | None:
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None
