"""GET /v1/payments: single payments, the newest first."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import astuple
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.api.asked.payment_filter import payment_filter
from services.api.lists.order import Order, choose_order
from services.api.quality.completeness import FIELDS
from services.api.queries.payments import (
    ORDERS,
    PAYMENT,
    Sought,
    may_be_linked,
    read_every_payment,
    read_payments,
)
from services.api.queries.reversals import Links, read_links
from services.api.routes.door import Door, answer, problems
from services.api.routes.list_asked import Limit, Over25000, list_answers
from services.api.routes.payments.paid import AskedPaid, Found
from services.api.routes.payments.payment_answer import (
    DETAIL_EXAMPLE,
    PAYMENT_EXAMPLE,
    PaymentAnswer,
    PaymentDetail,
    PaymentPage,
)
from services.api.routes.payments.show_payment import show_detail, show_payment, show_payments
from services.api.routes.withheld import tell_withheld
from services.api.spend.coverage import CLASSES
from services.api.withheld.own import is_own
from services.api.withheld.personal import officer_of
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import NotKnown, Rejected
from shared.lists.columns import Columns
from shared.lists.fields import Fields, pick
from shared.lists.going_on import Cursor
from shared.lists.whole_list import beside
from shared.lists.wish import answer_page, read_wish

_BY_AMOUNT = (
    "pages by amount are of one supplier= or organisation=, or of over_25000=true; a whole list "
    "(Accept: text/csv, application/x-ndjson or Parquet) is had in any order"
)
_PAGE_EXAMPLE = {
    "items": [PAYMENT_EXAMPLE],
    "predecessors": [],
    "withheld": None,
    "next": "AxT3",
}


def payment_routes(door: Door) -> APIRouter:
    """Single payments and lists of them."""
    router = APIRouter(tags=["payments"])
    reader = door.allow("payments:read", providers=True)

    @router.get(
        "/v1/payments",
        summary="Payments, the newest first or by amount",
        response_model=PaymentPage,
        responses=list_answers(_PAGE_EXAMPLE),
        dependencies=[Depends(check_parameters)],
    )
    async def payments(
        request: Request,
        caller: Annotated[Caller, Depends(reader)],
        asked_paid: AskedPaid,
        without: Annotated[
            list[str], Query(description=f"Lacking each of these: {', '.join(FIELDS)}")
        ] = [],  # noqa: B006 - FastAPI copies it
        unit: str | None = None,
        coverage: Annotated[
            list[str],
            Query(
                description=f"Whose supplier is any of these: {', '.join(CLASSES)}. What is"
                " withheld is `unmatched`, or `redacted`, whatever is known of it"
            ),
        ] = [],  # noqa: B006
        amount: Annotated[
            str | None, Query(description="Of exactly so many pounds", examples=["12500.00"])
        ] = None,
        sort: Annotated[
            str,
            Query(
                description=f"`-` falling: {', '.join(ORDERS)}. Pages by amount are of a supplier, "
                "an organisation, or `over_25000`"
            ),
        ] = "-payment_date",
        over_25000: Over25000 = None,
        fields: Fields = [],  # noqa: B006
        limit: Limit = 50,
        cursor: Cursor = None,
        *,
        whole_thousands: Annotated[
            bool, Query(description="Only those of whole thousands of pounds")
        ] = False,
    ) -> Response:
        """Equal ones are ordered by id. A page stays right while payments arrive. Of a rare filter
        it may be short, even empty, while `next` is not null: go on until it is.

        The whole list at once as `text/csv`, `application/x-ndjson` or Parquet, by Accept.
        """
        wish = read_wish(request, PaymentAnswer, fields)
        paid = asked_paid.by(caller)
        narrowed = payment_filter(
            *(without, unit, coverage, amount),
            whole_thousands=whole_thousands,
            over_25000=over_25000,
        )
        few = wish.whole or over_25000 is True or (paid.supplier or paid.organisation) is not None
        order = _choose_order(sort, by_amount=few)
        asked: list[Any] = ["payments", sort, *paid.asked, *astuple(narrowed)]
        place = order.start()
        if cursor is not None:
            place = door.cursors.read(asked, cursor, order.place)

        def sought(found: Found) -> Sought:
            return Sought(found.buyers, found.suppliers, paid.span, narrowed, officer_of(caller))

        async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
            which = sought(await paid.find(connection, caller))
            linked = "reversal" in wish.names
            tables = _tables(door.engine, connection, which, order, linked=linked)
            async with aclosing(tables):
                async for rows, links in tables:
                    yield show_payments(rows, links, caller)

        if wish.whole:
            return await door.whole_lists.send(wish, "payments", asked, caller, every)
        async with door.engine.connect() as connection:
            found = await paid.find(connection, caller)
            page, last = await read_payments(connection, sought(found), order, place, limit)
            links = await read_links(connection, page)
        items = pick(
            [show_payment(row, links, caller) for row in page], tuple(PaymentAnswer.model_fields)
        )
        return answer_page(
            wish,
            {
                "items": items,
                "predecessors": found.predecessors,
                "withheld": tell_withheld(door, items),
                "next": last and door.cursors.write(asked, list(last)),
            },
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
            raise NotKnown(f"no payment is known as {payment_id}: /v1/payments lists them")
        links: Links = {}
        if row["may_be_linked"]:
            async with door.engine.connect() as connection:
                links = await read_links(connection, [row])
        return answer(show_detail(row, links, caller))

    return router


async def _tables(
    engine: AsyncEngine, connection: AsyncConnection, which: Sought, order: Order, *, linked: bool
) -> AsyncGenerator[tuple[Any, Links], None]:
    """All payments by tables, with their links where these are wanted."""
    async with AsyncExitStack() as opened:
        other = await opened.enter_async_context(beside(engine, connection)) if linked else None
        async for rows in read_every_payment(connection, which, order):
            yield rows, await read_links(other, may_be_linked(rows)) if other else {}


def _choose_order(sort: str, *, by_amount: bool) -> Order:
    """The order that is asked for; Rejected: by amount where no index has that."""
    order = choose_order(sort, ORDERS)
    if order.kind == "whole" and not by_amount:
        raise Rejected(_BY_AMOUNT, "sort")
    return order
