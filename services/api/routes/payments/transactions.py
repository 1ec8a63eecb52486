"""GET /v1/transactions: lines of the ledger as the transactions that they make up."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.payment_filter import THRESHOLD_PENCE
from services.api.lists.order import choose_order
from services.api.queries.transactions import (
    ORDERS,
    Sought,
    read_every_transaction,
    read_transactions,
)
from services.api.routes.door import Answer, Door
from services.api.routes.figures import AMOUNT
from services.api.routes.list_asked import Limit, Over25000, list_answers
from services.api.routes.payments.paid import AskedPaid, Found
from services.api.routes.payments.show_payment import withhold
from services.api.routes.predecessors import PredecessorAnswer
from services.api.routes.withheld import ShownSupplier, WithheldAnswer, tell_withheld
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.lists.columns import Columns, by_column
from shared.lists.fields import Fields
from shared.lists.going_on import Cursor
from shared.lists.wish import answer_page, read_wish
from shared.money import format_pounds


class TransactionLineAnswer(Answer):
    """One line of a transaction."""

    payment_id: UUID
    amount: str = Field(pattern=AMOUNT)
    unit: str | None
    expense_type: str | None
    purpose: str | None
    ledger_programme: str | None
    place: str | None


class TransactionAnswer(Answer):
    """Lines of a buyer under one number, to one supplier on one day."""

    buyer: str
    transaction: str | None = Field(description="Its number; null where withheld")
    supplier_id: ShownSupplier
    payee: str | None
    withheld: bool = Field(
        description="The payee may be a person: it, the number and purposes are withheld"
    )
    payment_date: date
    amount: str = Field(pattern=AMOUNT, description="Of all its lines together")
    over_25000: bool
    line_count: int
    lines: list[TransactionLineAnswer] = Field(description="The first 100, by id")
    organisation: str | None
    organisation_name: str | None


class TransactionPage(Answer):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[TransactionAnswer]
    predecessors: list[PredecessorAnswer]
    withheld: WithheldAnswer | None
    next: str | None


_LINE = {
    "expense_type": "Purchase of healthcare",
    "purpose": "Care at home, April",
    "ledger_programme": "EOL",
    "place": "Leeds",
}
_TRANSACTION = {
    "buyer": "GB-NHS-QWO",
    "transaction": "5100012345",
    "supplier_id": "c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2",
    "payee": "EXAMPLE HOSPICE",
    "withheld": False,
    "payment_date": "2024-04-30",
    "amount": "26500.00",
    "over_25000": True,
    "line_count": 2,
    "lines": [
        {"payment_id": payment_id, "amount": amount, "unit": "Leeds", **_LINE}
        for payment_id, amount in (
            ("0b8e3c5e-5f0e-5a52-9f0a-4a8d2f6f9a11", "12500.00"),
            ("7d1e0c9a-93f4-5a8e-b1c5-8f3f4e6f7a20", "14000.00"),
        )
    ],
    "organisation": "GB-CHC-1234567",
    "organisation_name": "Example Hospice",
}
_EXAMPLE = {"items": [_TRANSACTION], "predecessors": [], "withheld": None, "next": "AxT3"}


def transaction_routes(door: Door) -> APIRouter:
    """Lists of transactions."""
    router = APIRouter(tags=["payments"])
    reader = door.allow("payments:read", providers=True)

    @router.get(
        "/v1/transactions",
        summary="Transactions with their lines, by day",
        response_model=TransactionPage,
        responses=list_answers(_EXAMPLE),
        dependencies=[Depends(check_parameters)],
    )
    async def transactions(
        request: Request,
        caller: Annotated[Caller, Depends(reader)],
        asked_paid: AskedPaid,
        over_25000: Over25000 = None,
        sort: Annotated[
            str, Query(description=f"By day, `-` falling: {', '.join(ORDERS)}")
        ] = "-payment_date",
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        """Of lines that bear a transaction number. Ordered by day and first line. A page may be
        short, even empty, while `next` is not null: go on until it is.

        One that gets another line while pages are read may be met twice or not. The whole list at
        once as `text/csv`, `application/x-ndjson` or Parquet, by Accept.
        """
        wish = read_wish(request, TransactionAnswer, fields)
        order = choose_order(sort, ORDERS)
        paid = asked_paid.by(caller)
        asked: list[Any] = ["transactions", sort, *paid.asked, over_25000]
        place = order.start()
        if cursor is not None:
            place = door.cursors.read(asked, cursor, order.place)

        def sought(found: Found) -> Sought:
            return Sought(found.buyers, found.suppliers, paid.span, over_25000)

        async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
            which = sought(await paid.find(connection, caller))
            async for rows in read_every_transaction(connection, which, order):
                yield by_column([_show(row, caller) for row in rows], wish.names)

        if wish.whole:
            return await door.whole_lists.send(wish, "transactions", asked, caller, every)
        async with door.engine.connect() as connection:
            found = await paid.find(connection, caller)
            page, last = await read_transactions(connection, sought(found), order, place, limit)
        items = [_show(row, caller) for row in page]
        return answer_page(
            wish,
            {
                "items": items,
                "predecessors": found.predecessors,
                "withheld": tell_withheld(door, items),
                "next": last and door.cursors.write(asked, list(last)),
            },
        )

    return router


def _show(row: Any, caller: Caller) -> dict[str, Any]:
    shown = dict(row)
    del shown["first"]
    shown["over_25000"] = shown["amount_pence"] > THRESHOLD_PENCE
    withheld = withhold(shown, ("payee", "transaction"), shown["buyer"], caller)
    for line in shown["lines"]:
        line["amount"] = format_pounds(line.pop("amount_pence"))
        if withheld:
            line["purpose"] = None
    return shown | {"withheld": withheld}
