"""GET /v1/payments: single payments, the newest first."""

from dataclasses import astuple
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.api.coverage import CLASSES
from services.api.own import held_to, is_own
from services.api.payment_filter import payment_filter
from services.api.periods import Span
from services.api.quality.completeness import FIELDS
from services.api.queries.payments import PAYMENT, Position, known_buyers, read_payments
from services.api.queries.reversals import Links, read_links
from services.api.question import days
from services.api.routes.door import Door, answer, problems
from services.api.routes.payments.organisation_filter import OfOrganisation, narrow_suppliers
from services.api.routes.payments.payment_answer import (
    DETAIL_EXAMPLE,
    PAYMENT_EXAMPLE,
    PaymentDetail,
    PaymentPage,
)
from services.api.routes.payments.show_payment import show_detail, show_payment
from services.api.routes.predecessors import WithPredecessors, ask_of
from services.api.routes.withheld import tell_withheld
from shared.access import Caller
from shared.errors import NotKnown
from shared.parameters import check_parameters


def payment_routes(door: Door) -> APIRouter:
    """Single payments and lists of them."""
    router = APIRouter(tags=["payments"])
    reader = door.allow("payments:read", providers=True)

    @router.get(
        "/v1/payments",
        summary="Payments, the newest first",
        response_model=PaymentPage,
        responses=problems(422)
        | {
            200: {
                "content": {
                    "application/json": {
                        "example": {
                            "items": [PAYMENT_EXAMPLE],
                            "predecessors": [],
                            "withheld": None,
                            "next": "AxT3",
                        }
                    }
                }
            }
        },
        dependencies=[Depends(check_parameters)],
    )
    async def payments(
        caller: Annotated[Caller, Depends(reader)],
        buyer: str | None = None,
        supplier: UUID | None = None,
        organisation: OfOrganisation = None,
        since: Annotated[date | None, Query(alias="from", description="First day")] = None,
        until: Annotated[date | None, Query(alias="to", description="Last day")] = None,
        without: Annotated[
            list[str], Query(description=f"Lacking each of these: {', '.join(FIELDS)}")
        ] = [],  # noqa: B006 - FastAPI copies it
        unit: str | None = None,
        coverage: Annotated[
            list[str],
            Query(description=f"Whose supplier is any of these: {', '.join(CLASSES)}"),
        ] = [],  # noqa: B006
        amount: Annotated[
            str | None, Query(description="Of exactly so many pounds", examples=["12500.00"])
        ] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[
            str | None, Query(description="`next` of the answer before, same filters")
        ] = None,
        *,
        whole_thousands: Annotated[
            bool, Query(description="Only those of whole thousands of pounds")
        ] = False,
        with_predecessors: WithPredecessors = False,
    ) -> Response:
        """Ordered by day and id, both falling. A page stays right while payments arrive."""
        span = next(iter(days(since, until, ())), Span())
        narrowed = payment_filter(without, unit, coverage, amount, whole_thousands=whole_thousands)
        organisation = held_to(caller, organisation)
        name = str(supplier) if supplier else None
        asked = [
            "payments",
            buyer,
            name,
            organisation,
            *span,
            *astuple(narrowed),
            with_predecessors,
        ]
        after = Position()
        if cursor is not None:
            day, payment_id = door.cursors.read(asked, cursor)
            after = Position(date.fromisoformat(day), payment_id)
        async with door.engine.connect() as connection:
            of = await ask_of(
                connection, [buyer] if buyer else [], with_predecessors=with_predecessors
            )
            buyers = of.buyers or await known_buyers(connection)
            suppliers = await narrow_suppliers(connection, name, organisation)
            rows = await read_payments(
                connection, buyers, suppliers, span, narrowed, after, limit + 1
            )
            page, last = rows[:limit], rows[limit - 1] if len(rows) > limit else None
            links = await read_links(connection, page)
        place = last and door.cursors.write(asked, [last["payment_date"], last["payment_id"]])
        items = [show_payment(row, links, caller) for row in page]
        return answer(
            {
                "items": items,
                "predecessors": of.predecessors,
                "withheld": tell_withheld(door, items),
                "next": place,
            }
        )

    @router.get(
        "/v1/payments/{payment_id}",
        summary="One payment",
        response_model=PaymentDetail,
        responses=problems(404, 422)
        | {200: {"content": {"application/json": {"example": DETAIL_EXAMPLE}}}},
    )
    async def payment(
        payment_id: Annotated[UUID, Path()], caller: Annotated[Caller, Depends(reader)]
    ) -> Response:
        """As it stands, with the definitions under which it counts on its day, and its revisions.

        One that was withdrawn is shown as it last was.
        """
        row = await door.point_reads.fetchrow(PAYMENT, payment_id)
        if row is None or not is_own(caller, row["organisation"]):
            raise NotKnown(f"no payment is known as {payment_id}")
        links: Links = {}
        if row["may_be_linked"]:
            async with door.engine.connect() as connection:
                links = await read_links(connection, [row])
        return answer(show_detail(row, links, caller))

    return router
