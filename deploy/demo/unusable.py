"""Records that no finance system should send, and some do; each could stop a careless consumer."""

from typing import NamedTuple

import orjson

from deploy.demo.lines import BUYER
from deploy.demo.payments import Posting

_PAYMENT = {
    "buyer": BUYER,
    "payee": "THORNBECK HOSPICE",
    "payment_date": "2024-06-17",
    "amount": "1250.00",
}


class Unusable(NamedTuple):
    """A record's CloudEvents id and type, its bytes, and what is wrong with it, in our words."""

    id: str
    type: str
    value: bytes
    wrong: str


def unusable_records(posted: list[Posting]) -> list[Unusable]:
    """Seven records with one fault each; one of them reuses the id of a payment of `posted`."""
    payment = "payment.posted.v1"
    reused = posted[0]
    return [
        Unusable("BAD-1", payment, b"PAYEE;AMOUNT;DATE", "it is not JSON"),
        Unusable("BAD-2", payment, _changed(amount="1,234.5.6"), "its amount is not money"),
        Unusable("BAD-3", payment, _changed(payment_date="2025-02-30"), "no such day"),
        Unusable("BAD-4", payment, _changed(buyer="GB-LAE-ZZZ"), "nobody knows this buyer"),
        Unusable("BAD-5", payment, _changed(payee="THORNBECK\x00HOSPICE"), "a null byte"),
        Unusable("BAD-6", "payment.posted.v9", _changed(), "a version that does not exist"),
        Unusable(
            reused.id,
            payment,
            orjson.dumps(reused.data | {"amount_pence": reused.data["amount_pence"] + 100}),
            "an id that was used for another amount",
        ),
    ]


def _changed(**changes: str) -> bytes:
    return orjson.dumps(_PAYMENT | changes)
