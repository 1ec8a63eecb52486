"""`POST /v1/payments`: one payment or up to 5,000."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import metrics
from services.ingest.arrivals.batch import read_batch
from services.ingest.arrivals.read_request import Row
from services.ingest.buyers.buyer import Buyers
from services.ingest.payments.payment import LARGEST_PAYMENT, read_payment
from services.ingest.payments.post_payments import record_payments
from services.ingest.routes.documents import PROBLEMS, posting_document
from services.ingest.routes.posting import Done, Posting, Refuse, RejectedRow, post
from shared.access import Allow, Caller
from shared.door.parameters import check_parameters
from shared.events import PaymentPosted

_MOST = 5_000
_EXAMPLE = {
    "id": "AP-2024-000731",
    "buyer": "GB-LAE-LDS",
    "payee": "Example Hospice",
    "payment_date": "2024-04-30",
    "amount": "1,250.00",
    "unit": "Adults and Health",
    "programme": "End of life",
    "charity_number": "9000001",
}


class PostedPayments(BaseModel):
    """What became of the payments: each row is accepted, already known or rejected."""

    model_config = ConfigDict(frozen=True)

    accepted: int = Field(description="New to the ledger", examples=[1])
    already_known: int = Field(description="Sent before, saying the same", examples=[0])
    rejected: list[RejectedRow]
    payment_ids: list[str] = Field(description="Of accepted and known payments, as sent")


def payments_routes(
    engine: AsyncEngine, may_write: Allow, clock: Callable[[], datetime]
) -> APIRouter:
    """The door for payments."""
    router = APIRouter(tags=["payments"], dependencies=[Depends(check_parameters)])
    posting = Posting("/v1/payments", _MOST, PaymentPosted.TYPE, _record)

    @router.post(
        posting.route,
        summary="Post one payment or up to 5,000",
        responses={200: {"model": PostedPayments}, **PROBLEMS},
        openapi_extra=posting_document([PaymentPosted], _EXAMPLE, _MOST),
        response_class=Response,
    )
    async def post_payments(
        request: Request, caller: Annotated[Caller, Depends(may_write)]
    ) -> Response:
        """Usable rows are recorded once and published; the others are kept with the reason.

        As CloudEvents (structured, batch, or binary by `ce-` headers) or as plain JSON, whose `id`
        is the sender's own name for the row.
        """
        return await post(posting, engine, request, caller, clock())

    return router


async def _record(
    tx: AsyncConnection, rows: Sequence[Row], refuse: Refuse, buyers: Buyers, now: datetime
) -> Done:
    batch = read_batch(
        rows,
        lambda row: read_payment(row.opened(LARGEST_PAYMENT, "a payment"), buyers, now),
        refuse,
    )
    posted = await record_payments(tx, batch, buyers, now)
    usable = {payment.payment_id for payment in (*posted.accepted, *posted.already_known)}
    ids = dict.fromkeys(p.payment_id for p in batch.facts if p.payment_id in usable)

    def body(rejected: list[RejectedRow]) -> PostedPayments:
        return PostedPayments(
            accepted=len(posted.accepted),
            already_known=len(posted.already_known),
            rejected=rejected,
            payment_ids=list(ids),
        )

    count = partial(metrics.count, metrics.PAYMENTS, "http", posted)
    return Done(bool(usable), posted.rejects, body, count)
