"""How a payment of the ledger is corrected: by a revision that says it whole, kept beside it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from services.ingest.buyers.buyer import Buyers
from services.ingest.payments.payment import SAID, Payment, check_payment, said_of
from shared.envelope import read_posted
from shared.errors import Rejected
from shared.events import PaymentPosted

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_REASON = 200
OFFICER, REPUBLICATION = "officer", "republication"
TAKEN_BACK, RESTATED = "taken-back", "restated"
"""The import that said so was taken back; a file states what one that was taken back did."""


class Cause(NamedTuple):
    """Why a payment is corrected: a word, a sentence, the person or the import that says so."""

    why: str
    reason: str | None = None
    who: str | None = None
    import_id: str | None = None


class Revision(NamedTuple):
    """A payment as it stands from a moment on; number 0 is how it was accepted.

    The moment is the payment's `recorded_at`. A withdrawn one counts nowhere: its fields say what
    it last was, since an amount of zero would state a payment that nobody made. `row_id` names the
    row of a file that says what the revision says: met again, it is this payment.
    """

    payment: Payment
    number: int = 0
    withdrawn: bool = False
    cause: Cause = Cause("accepted")
    row_id: str | None = None

    def says_what(self, other: "Revision") -> bool:
        """Whether both say the same of the payment."""
        mine, others = self.payment, other.payment
        same = all(getattr(mine, name) == getattr(others, name) for name in SAID)
        return same and self.withdrawn == other.withdrawn


def plain_reason(text: str) -> str:
    """A reason that can be kept and shown: the name of a file in it may hold anything."""
    shown = "".join(each if each.isprintable() else " " for each in text).strip()
    return shown[:_LONGEST_REASON]


def correct(
    standing: Revision,
    changes: Mapping[str, Any],
    withdrawn: bool | None,
    cause: Cause,
    buyers: Buyers,
    now: datetime,
) -> Revision:
    """The next revision: fields named in `changes` say something else, the others stay.

    `changes` are fields of a posted payment as JSON has them, None takes one away. `withdrawn` None
    leaves that as it is. Rejected: what no payment could say, or nothing that changes.
    """
    payment = standing.payment
    for name, value in changes.items():
        if isinstance(value, str) and _SURROGATE.search(value):
            raise Rejected(f"{name} holds half a character (a lone surrogate)", name)
    if changes:
        fields: dict[str, Any] = dict(said_of(payment))
        if "amount" in changes:
            del fields["amount_pence"]
        said = orjson.dumps(
            {name: value for name, value in {**fields, **changes}.items() if value is not None}
        )
        posted = read_posted(PaymentPosted, said)
        named = payment.payment_id, payment.source, payment.source_id
        payment = check_payment(posted, *named, buyers, now)
    revision = Revision(
        payment._replace(recorded_at=now),
        standing.number + 1,
        standing.withdrawn if withdrawn is None else withdrawn,
        cause,
    )
    if revision.says_what(standing):
        raise Rejected("the correction changes nothing: the payment stands so already")
    return revision


def corrected(revision: Revision, before: Revision) -> bytes:
    """The data of the `payment.corrected.v1` event of a revision: its cause by kind only."""
    payment = revision.payment
    fact = {
        "payment_id": payment.payment_id,
        "revision": revision.number,
        "supplier_id": payment.supplier_id,
        "recorded_at": payment.recorded_at,
        **dict(said_of(payment)),
        "why": revision.cause.why,
        "withdrawn": revision.withdrawn,
    }
    said = {name: value for name, value in fact.items() if value is not None}
    replaced = {
        "supplier_id": before.payment.supplier_id,
        "payment_date": before.payment.payment_date,
        "amount_pence": before.payment.amount_pence,
    }
    return orjson.dumps(said | {"replaced": None if before.withdrawn else replaced})
