"""GET /v1/renewals: which agreements need a decision, soonest first."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.api.obligation import OPEN, RECURRING
from services.api.queries.agreements import read_expiring
from services.api.queries.payments import known_buyers
from services.api.question import choose
from services.api.routes.agreement_answer import AgreementAnswer
from services.api.routes.agreement_example import EXAMPLE
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.show_agreement import show_agreements, shown_obligations
from shared.access import Caller
from shared.errors import Rejected
from shared.parameters import check_parameters


class RenewalAnswer(AgreementAnswer):
    """An agreement that ends or brings something soon."""

    next_on: date = Field(description="The first date that still needs someone, or the end")


class RenewalPage(Answer):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[RenewalAnswer]
    next: str | None


_EXAMPLE = {"items": [{"next_on": "2026-09-30"} | EXAMPLE], "next": "AxT3"}


def renewal_routes(door: Door) -> APIRouter:
    """Renewals."""
    router = APIRouter(tags=["agreements"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/renewals",
        summary="Agreements that end, or bring something, before a day",
        response_model=RenewalPage,
        responses=problems(422) | {200: {"content": {"application/json": {"example": _EXAMPLE}}}},
    )
    async def renewals(
        caller: Annotated[Caller, Depends(door.allow("spend:read"))],
        before: Annotated[date, Query(description="This day is not counted")],
        since: Annotated[
            date | None, Query(description="In force on this day, today by default")
        ] = None,
        buyer: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[
            str | None, Query(description="`next` of the answer before, same filters")
        ] = None,
    ) -> Response:
        """Soonest first, with every date and its state. Obligations that are raised and
        acknowledged stay until the agreement is over; withdrawn and skipped ones count no more.
        """
        in_force = since or door.today()
        if in_force > before:
            raise Rejected(f"`before` must not be earlier than {in_force}", "before")
        asked = ["renewals", before, since, buyer]
        place = tuple(door.cursors.read(asked, cursor)) if cursor is not None else ("", "")
        async with door.engine.connect() as connection:
            choose([buyer] if buyer else [], await known_buyers(connection), "buyer")
            rows = await read_expiring(connection, door.today(), buyer, in_force, before)
            ids = [row["agreement_id"] for row in rows]
            obligations = await shown_obligations(connection, ids)
            days = {
                row["agreement_id"]: next_date(row["end"], obligations[row["agreement_id"]])
                for row in rows
            }
            due = {
                (day.isoformat(), row["agreement_id"]): row
                for row in rows
                if (day := days[row["agreement_id"]]) < before
            }
            rest = [key for key in sorted(due) if key > place]
            shown = await show_agreements(connection, [due[key] for key in rest[:limit]], caller)
        return answer(
            {
                "items": [item | {"next_on": days[item["agreement_id"]]} for item in shown],
                "next": door.cursors.write(asked, rest[limit - 1]) if len(rest) > limit else None,
            }
        )

    return router


def next_date(end: date | None, obligations: Sequence[dict[str, Any]]) -> date:
    """The earliest of the open obligations and the end; date.max where there is neither.

    What comes back by itself is no renewal.
    """
    days: list[date] = [
        item["due_on"]
        for item in obligations
        if item["state"] in OPEN and item["kind"] not in RECURRING
    ]
    return min([*days, end or date.max])
