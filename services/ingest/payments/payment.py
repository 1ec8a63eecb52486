"""When a posted payment can stand in the ledger, and as what."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from services.ingest.buyers.buyer import Buyer, Buyers, check_exists_on, find_buyer
from services.ingest.keyed_ids import supplier_id
from shared.envelope import Envelope, read_posted
from shared.errors import Rejected
from shared.events import PaymentPosted
from shared.identity import identify
from shared.money import parse_pounds

LARGEST_PAYMENT = 64 * 1024
"""Bytes that one posted payment may have, its envelope in structured mode included."""

_AHEAD = timedelta(days=31)


class Payment(NamedTuple):
    """A row of the ledger; `source` and `source_id` say where it was sent from."""

    payment_id: str
    buyer: str
    supplier_id: str
    payee: str
    payment_date: date
    amount_pence: int
    recorded_at: datetime
    reference: str | None
    transaction: str | None
    unit: str | None
    expense_type: str | None
    purpose: str | None
    programme: str | None
    place: str | None
    charity_number: str | None
    company_number: str | None
    postcode: str | None
    source: str
    source_id: str


class PostedRow(NamedTuple):
    """What a row of a file posts, by the names of `PaymentPosted`; cell by cell it was checked.

    No pydantic model: to construct one costs more than anything else that is done to a row (8 us).
    """

    buyer: str
    payee: str
    payment_date: date
    amount_pence: int
    amount: None = None
    reference: str | None = None
    transaction: str | None = None
    unit: str | None = None
    expense_type: str | None = None
    purpose: str | None = None
    programme: str | None = None
    place: str | None = None
    charity_number: str | None = None
    company_number: str | None = None
    postcode: str | None = None


_ACCEPTED = Payment._fields[: Payment._fields.index("source")]
SAID = tuple(name for name in _ACCEPTED if name not in {"payment_id", "supplier_id", "recorded_at"})
"""The fields of which the sender says what they are."""
_said = attrgetter(*SAID)


DESCRIBING = (
    "transaction",
    "purpose",
    "programme",
    "charity_number",
    "company_number",
    "postcode",
)
"""Those that a file may state more of, or otherwise, and mean the same payment."""


def read_payment(event: Envelope, buyers: Buyers, now: datetime) -> Payment:
    """The payment that an event posts, named by its buyer and the event's source and id.

    The buyer is in the name since two of them may run one product that sends the same sources and
    ids, and since no one may use up the ids of a buyer for whom they do not speak.
    """
    if event.type != PaymentPosted.TYPE:
        raise Rejected(
            f"an event of this type is not taken here: {PaymentPosted.TYPE} is expected", "type"
        )
    posted = read_posted(PaymentPosted, event.data)
    payment_id = identify("payment", posted.buyer, event.source, event.id)
    return check_payment(posted, payment_id, event.source, event.id, buyers, now)


def check_payment(
    posted: PaymentPosted | PostedRow,
    payment_id: str,
    source: str,
    source_id: str,
    buyers: Buyers,
    now: datetime,
) -> Payment:
    """The ledger's row of a posted payment; its Place is the buyer's where none is given.

    Rejected: not exactly one amount, an unknown buyer, a day on which the buyer did not exist or
    that is more than 31 days after `now`.
    """
    if posted.amount is None and posted.amount_pence is not None:
        pence = posted.amount_pence
    elif posted.amount is not None and posted.amount_pence is None:
        pence = parse_pounds(posted.amount)
    else:
        raise Rejected("exactly one of amount and amount_pence is expected", "amount")
    buyer = find_buyer(buyers, posted.buyer)
    check_day(buyer, posted.payment_date, now)
    return Payment(
        payment_id,
        posted.buyer,
        supplier_id(posted.payee, posted.charity_number, posted.company_number),
        posted.payee,
        posted.payment_date,
        pence,
        now,
        posted.reference,
        posted.transaction,
        posted.unit,
        posted.expense_type,
        posted.purpose,
        posted.programme,
        posted.place or buyer.place,
        posted.charity_number,
        posted.company_number,
        posted.postcode,
        source,
        source_id,
    )


def check_day(buyer: Buyer, day: date, now: datetime) -> None:
    """Rejected: a day on which the buyer did not exist or that is more than 31 days after `now`."""
    check_exists_on(buyer, day, "payment_date")
    if day > (now + _AHEAD).date():
        raise Rejected("payment_date is more than 31 days ahead", "payment_date")


def difference(before: Payment, again: Payment, default_place: str | None = None) -> str | None:
    """The field in which two payments of one id differ, None where they say the same.

    `default_place` is the buyer's Place of today: it is no difference that the payment took
    another one when it was first sent without a Place.
    """
    if _said(before) == _said(again):
        return None
    for name in SAID:
        now = getattr(again, name)
        if getattr(before, name) != now and (name, now) != ("place", default_place):
            return name
    return None


def clash(field: str) -> Rejected:
    """What the sender of a payment is told whose id was used before for something else."""
    named = "amount" if field == "amount_pence" else field.replace("_", " ")
    return Rejected(
        f"a payment with the same source and id but another {named} was sent before: send another "
        "payment, or a credit with a negative amount, under an id of its own, or correct the one "
        "that was sent",
        field,
    )


def accepted(payment: Payment) -> bytes:
    """The data of the `payment.accepted.v1` event of a ledger row.

    Of its own length: what orjson makes holds a page of memory, and batches of them are kept.
    """
    said = zip(_ACCEPTED, payment, strict=False)
    made = orjson.dumps({name: value for name, value in said if value is not None})
    return bytes(memoryview(made))


def said_of(payment: Payment) -> Iterator[tuple[str, Any]]:
    """What the sender said of a payment, field by field, days as JSON has them."""
    for name in SAID:
        value = getattr(payment, name)
        if value is not None:
            yield name, value.isoformat() if isinstance(value, date) else value
