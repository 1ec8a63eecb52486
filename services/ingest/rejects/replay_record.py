"""A rejected record of Kafka or HTTP, corrected: through the posting path again."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.agreements.agreement import Said
from services.ingest.agreements.read_agreement import LARGEST_AGREEMENT, read_agreement
from services.ingest.agreements.register_agreements import record_agreements
from services.ingest.arrivals.batch import Batch, check_size
from services.ingest.arrivals.read_request import NotAccepted, plain_event, read_rows
from services.ingest.buyers.buyer import Buyers
from services.ingest.payments.payment import LARGEST_PAYMENT, Payment, read_payment
from services.ingest.payments.post_payments import record_payments
from services.ingest.rejects.reject_cells import Record
from services.ingest.rejects.reject_origin import HTTP, KAFKA
from shared.envelope import Envelope, open_record
from shared.errors import Rejected
from shared.events import AgreementPosted, PaymentPosted
from shared.inbox import Reject

_OF_PAYMENTS = {"payee", "payment_date", "amount", "amount_pence"}


class Replayed(NamedTuple):
    """Whether the fact was new, and the payment's id where it is one."""

    accepted: bool
    payment_id: str | None


async def replay_record(
    tx: AsyncConnection,
    origin: str,
    record: Record,
    buyers: Buyers,
    now: datetime,
    check: Callable[[str], None],
) -> Replayed:
    """Record what a corrected record says; `check` raises unless its buyer may be spoken for.

    Rejected: it is still none that can be used, and nothing is recorded.
    """
    event = _open(origin, record)
    # Of a type that nobody takes, what has a payment's fields is told the type of payments.
    if PaymentPosted.TYPE in (event.type, _plain_type(event.data)):
        check_size(record.content, LARGEST_PAYMENT, "a payment")
        payment = read_payment(event, buyers, now)
        check(payment.buyer)
        async with tx.begin_nested():
            batch: Batch[Payment] = Batch([payment], [], _refuse)
            posted = await record_payments(tx, batch, buyers, now)
        return Replayed(bool(posted.accepted), payment.payment_id)
    check_size(record.content, LARGEST_AGREEMENT, "an agreement")
    said = read_agreement(event, buyers, now)
    check(str(said.data["buyer"]))
    async with tx.begin_nested():
        facts: Batch[Said] = Batch([said], [], _refuse)
        done = await record_agreements(tx, facts, now)
    return Replayed(bool(done.accepted), None)


def _refuse(_: int, error: Rejected) -> Reject:
    raise error


def _open(origin: str, record: Record) -> Envelope:
    if origin.startswith(KAFKA):
        headers = [(name, value) for name, value in record.headers if value is not None]
        return open_record(headers, record.content)
    if not origin.startswith(HTTP):
        raise Rejected("it follows from what was sent of the agreement: send that fact corrected")
    given: Mapping[str, str] = {
        name: (value or b"").decode(errors="replace") for name, value in record.headers
    }
    plain = partial(plain_event, _plain_type(record.content))
    try:
        [row] = read_rows(given, record.content, 1, plain)
    except NotAccepted as error:
        raise Rejected(error.reason) from error
    if isinstance(row.event, Rejected):
        raise row.event
    return row.event


def _plain_type(content: bytes) -> str:
    """What plain JSON without a type was posted as: a payment, by its fields, or an agreement."""
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Rejected(f"not JSON: {error}") from error
    of_payment = isinstance(said, dict) and not _OF_PAYMENTS.isdisjoint(said)
    return PaymentPosted.TYPE if of_payment else AgreementPosted.TYPE
