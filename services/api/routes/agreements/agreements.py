"""GET /v1/agreements: what is agreed with whom, until when, and what it brings."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import choose
from services.api.queries.agreements import (
    FIRST,
    read_agreement,
    read_agreements,
)
from services.api.queries.buyers import known_buyers
from services.api.queries.payees import find_payee
from services.api.routes.agreements.agreement_answer import AgreementAnswer, AgreementWithVersions
from services.api.routes.agreements.agreement_example import EXAMPLE, VERSIONS_EXAMPLE
from services.api.routes.agreements.show_agreement import show_agreements
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.withheld import WithheldAnswer, tell_withheld
from services.api.withheld.own import held_to, is_own
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import NotKnown
from shared.lists.columns import Columns
from shared.lists.fields import Fields
from shared.lists.going_on import Cursor
from shared.lists.media_types import OTHER_FORMS
from shared.lists.whole_list import by_pages
from shared.lists.wish import NOT_MODIFIED, answer_page, read_wish

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
    reader = door.allow("spend:read", providers=True)

    @router.get(
        "/v1/agreements",
        summary="Agreements by buyer or provider",
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
        caller: Annotated[Caller, Depends(reader)],
        buyer: str | None = None,
        provider: Annotated[
            str | None, Query(description="An org-id, or a supplier's id where it has none")
        ] = None,
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
        cursor: Cursor = None,
    ) -> Response:
        """By the terms in force today, in the order of their ids. Those known only by their end, or
        by terms from a later day, wait for theirs.

        The whole list at once as `text/csv`, `application/x-ndjson` or Parquet, by Accept.
        """
        wish = read_wish(request, AgreementAnswer, fields)
        asked = ["agreements", buyer, provider, caller.organisation]
        supplier, today = _as_uuid(provider), door.today()
        organisation = held_to(caller, None if supplier else provider)

        async def page(
            connection: AsyncConnection, after: str | None, limit: int
        ) -> tuple[list[dict[str, Any]], str | None]:
            """Agreements after the one of this id; that of the last, None where it is the end."""
            payee = None if supplier is None else await find_payee(connection, supplier, caller)
            if supplier is not None and payee is None:
                return [], None
            rows = await read_agreements(
                connection,
                today,
                buyer=buyer,
                supplier=payee,
                organisation=organisation,
                after=after or FIRST,
                limit=limit + 1,
            )
            shown = await show_agreements(connection, rows[:limit], caller)
            return shown, rows[limit - 1]["agreement_id"] if len(rows) > limit else None

        async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
            choose([buyer] if buyer else [], await known_buyers(connection), "buyer")
            async for items in by_pages(lambda place: page(connection, place, _MOST), wish.names):
                yield items

        if wish.whole:
            return await door.whole_lists.send(wish, "agreements", [*asked, today], caller, every)
        after = None if cursor is None else door.cursors.read(asked, cursor, str)
        async with door.engine.connect() as connection:
            choose([buyer] if buyer else [], await known_buyers(connection), "buyer")
            items, last = await page(connection, after, limit)
        return answer_page(
            wish,
            {
                "items": items,
                "withheld": tell_withheld(door, items),
                "next": last and door.cursors.write(asked, [last]),
            },
        )

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
    async def agreement(agreement_id: UUID, caller: Annotated[Caller, Depends(reader)]) -> Response:
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

    return router


def _as_uuid(text: str | None) -> str | None:
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None
