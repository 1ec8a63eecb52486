"""GET /v1/payments: single payments, the newest first."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from services.api.periods import Span
from services.api.personal import may_be_person
from services.api.queries.payments import PAYMENT, Position, known_buyers, read_payments
from services.api.question import choose, days
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.figures import AMOUNT
from shared.access import Caller
from shared.errors import NotKnown
from shared.money import format_pounds
from shared.parameters import check_parameters


class PaymentAnswer(Answer):
    """A payment, and what is known of its supplier now."""

    payment_id: UUID
    buyer: str
    supplier_id: UUID
    payee: str | None = Field(description="As the ledger prints it; null where withheld")
    withheld: bool = Field(
        description="The payee may be a person: it, reference, transaction and purpose are withheld"
    )
    payment_date: date
    amount: str = Field(pattern=AMOUNT)
    recorded_at: datetime
    reference: str | None
    transaction: str | None
    unit: str | None
    purpose: str | None
    programme: str | None
    place: str | None
    tier: str | None = Field(description="Of the match; null while the supplier is not classified")
    organisation: str | None
    organisation_name: str | None
    revision: int = Field(description="How often it was corrected; 0: it stands as accepted")
    withdrawn: bool = Field(
        description="The buyer states it no longer: it counts nowhere and is in no list"
    )
    definitions: list[str] = Field(description="Under which it counts, on its day")


class RevisionAnswer(Answer):
    """What a payment was from `recorded_at` on, and why; 0 is how it was accepted."""

    revision: int
    recorded_at: datetime
    why: str = Field(description="accepted, officer, republication, ...")
    reason: str | None
    who: str | None = Field(description="Shown to the buyer's own officers: personal:read")
    withdrawn: bool
    supplier_id: UUID
    payee: str | None
    payment_date: date
    amount: str = Field(pattern=AMOUNT)
    reference: str | None
    transaction: str | None
    unit: str | None
    purpose: str | None
    programme: str | None
    place: str | None


class PaymentDetail(PaymentAnswer):
    """A payment with all that it was before."""

    revisions: list[RevisionAnswer] = Field(
        description="Oldest first, none where it was never corrected; a revision that has not "
        "arrived yet is not there"
    )


class PaymentPage(Answer):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[PaymentAnswer]
    next: str | None


_PAYMENT = {
    "payment_id": "0b8e3c5e-5f0e-5a52-9f0a-4a8d2f6f9a11",
    "buyer": "GB-NHS-QWO",
    "supplier_id": "c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2",
    "payee": "EXAMPLE HOSPICE",
    "withheld": False,
    "payment_date": "2024-04-30",
    "amount": "12500.00",
    "recorded_at": "2024-05-07T14:30:00+00:00",
    "reference": "INV 1024",
    "transaction": "5100012345",
    "unit": "Leeds",
    "purpose": "Care at home, April",
    "programme": "End of life",
    "place": "Leeds",
    "tier": "auto",
    "organisation": "GB-CHC-1234567",
    "organisation_name": "Example Hospice",
    "revision": 1,
    "withdrawn": False,
    "definitions": ["registered-charity"],
}
_SAID = {
    name: _PAYMENT[name]
    for name in (
        *("supplier_id", "payee", "payment_date", "reference", "transaction"),
        *("unit", "purpose", "programme", "place"),
    )
}
_DETAIL = _PAYMENT | {
    "revisions": [
        _SAID
        | {
            "revision": 0,
            "recorded_at": "2024-05-01T09:00:00+00:00",
            "why": "accepted",
            "reason": None,
            "who": None,
            "withdrawn": False,
            "amount": "15200.00",
        },
        _SAID
        | {
            "revision": 1,
            "recorded_at": "2024-05-07T14:30:00+00:00",
            "why": "officer",
            "reason": "Keyed 15,200.00; the invoice says 12,500.00",
            "who": "a.clerk",
            "withdrawn": False,
            "amount": "12500.00",
        },
    ]
}

_PERSONAL = ("payee", "reference", "transaction", "purpose")
"""What is written of or by the payee. The unit stays: it is the buyer's own department."""


def payment_routes(door: Door) -> APIRouter:
    """Single payments and lists of them."""
    router = APIRouter(tags=["payments"])
    reader = door.allow("payments:read")

    @router.get(
        "/v1/payments",
        summary="Payments, the newest first",
        response_model=PaymentPage,
        responses=problems(422)
        | {
            200: {
                "content": {"application/json": {"example": {"items": [_PAYMENT], "next": "AxT3"}}}
            }
        },
        dependencies=[Depends(check_parameters)],
    )
    async def payments(
        caller: Annotated[Caller, Depends(reader)],
        buyer: str | None = None,
        supplier: UUID | None = None,
        since: Annotated[date | None, Query(alias="from", description="First day")] = None,
        until: Annotated[date | None, Query(alias="to", description="Last day")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[
            str | None, Query(description="`next` of the answer before, same filters")
        ] = None,
    ) -> Response:
        """Ordered by day and id, both falling. A page stays right while payments arrive."""
        span = next(iter(days(since, until, ())), Span())
        asked = ["payments", buyer, str(supplier) if supplier else None, *span]
        after = Position()
        if cursor is not None:
            day, payment_id = door.cursors.read(asked, cursor)
            after = Position(date.fromisoformat(day), payment_id)
        async with door.engine.connect() as connection:
            known = await known_buyers(connection)
            buyers = choose([buyer] if buyer else [], known, "buyer") or known
            rows = await read_payments(
                connection, buyers, str(supplier) if supplier else None, span, after, limit + 1
            )
        page, last = rows[:limit], rows[limit - 1] if len(rows) > limit else None
        place = last and door.cursors.write(asked, [last["payment_date"], last["payment_id"]])
        return answer({"items": [show_payment(row, caller) for row in page], "next": place})

    @router.get(
        "/v1/payments/{payment_id}",
        summary="One payment",
        response_model=PaymentDetail,
        responses=problems(404, 422)
        | {200: {"content": {"application/json": {"example": _DETAIL}}}},
    )
    async def payment(
        payment_id: Annotated[UUID, Path()], caller: Annotated[Caller, Depends(reader)]
    ) -> Response:
        """As it stands, with the definitions under which it counts on its day, and its revisions.

        One that was withdrawn is shown as it last was.
        """
        row = await door.point_reads.fetchrow(PAYMENT, payment_id)
        if row is None:
            raise NotKnown(f"no payment is known as {payment_id}")
        return answer(show_detail(row, caller))

    return router


def show_payment(row: Any, caller: Caller) -> dict[str, Any]:
    """A payment as this caller may see it."""
    shown = dict(row)
    shown["withheld"] = _withhold(shown, officer=caller.may_see_personal(shown["buyer"]))
    return shown


def show_detail(row: Any, caller: Caller) -> dict[str, Any]:
    """A payment with its revisions, as this caller may see them.

    Each is withheld by the supplier that it names; a reason may name any of them.
    """
    shown = show_payment(row, caller)
    officer = caller.may_see_personal(shown["buyer"])
    revisions = shown["revisions"]
    withheld = [_withhold(each, officer=officer) for each in revisions]
    for each in revisions:
        for name in ("payment_id", "organisation", "organisation_name"):
            del each[name]
        if not officer:
            each["who"] = None
        if any(withheld):
            each["reason"] = None
    return shown | {"revisions": revisions}


def _withhold(shown: dict[str, Any], *, officer: bool) -> bool:
    """Write the amount in pounds and withhold what may be a person's; whether anything was."""
    personal = may_be_person(
        organisation=shown["organisation"],
        organisation_name=shown["organisation_name"],
        redacted=shown.pop("redacted"),
    )
    shown["amount"] = format_pounds(shown.pop("amount_pence"))
    if personal and not officer:
        shown |= dict.fromkeys(_PERSONAL)
    return personal and not officer
