"""What is answered of payments."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.api.routes.door import Answer
from services.api.routes.figures import AMOUNT
from services.api.routes.predecessors import PredecessorAnswer
from services.api.routes.withheld import ShownSupplier, WithheldAnswer


class ReversalAnswer(Answer):
    """The payment that a credit takes back, or the credit that took a payment back.

    Worked out from the payments as they stand; no amount counts otherwise for it.
    """

    role: Literal["reverses", "reversed-by"] = Field(description="The other payment, of this one")
    payment_id: UUID = Field(description="The other one")
    payment_date: date
    rule: Literal["same-reference", "equal-amount"] = Field(
        description="Equal and opposite in both: with a reference or transaction number in common, "
        "or the nearest before the credit, within 366 days"
    )
    certainty: Literal["certain", "likely", "possible"] = Field(
        description="certain by reference; likely where no other payment or credit will do"
    )


class PaymentAnswer(Answer):
    """A payment, and what is known of its supplier now."""

    payment_id: UUID
    buyer: str
    supplier_id: ShownSupplier
    payee: str | None = Field(description="As the ledger prints it; null where withheld")
    withheld: bool = Field(
        description="The payee may be a person: it, reference, transaction, purpose, tier and"
        " definitions are withheld"
    )
    payment_date: date
    amount: str = Field(pattern=AMOUNT)
    recorded_at: datetime
    reference: str | None
    transaction: str | None
    unit: str | None
    expense_type: str | None
    purpose: str | None
    ledger_programme: str | None = Field(description="As the ledger prints it")
    programme: str | None = Field(
        description="That its codes were on its day, by the buyer's map; else the ledger's own word"
    )
    programme_state: Literal["mapped", "as-coded", "unmapped", "not-coded"] | None = Field(
        description="null where it was withdrawn before it counted"
    )
    programme_rule: str | None = Field(
        description="The codes by which a line of the map was found, or why none was",
    )
    budget_head: str | None = Field(
        description="By the buyer's map of its codes, on the day; null: no line of it names one"
    )
    place: str | None
    tier: str | None = Field(
        description="Of the match; null while the supplier is not classified, or withheld"
    )
    organisation: str | None
    organisation_name: str | None
    revision: int = Field(description="How often it was corrected; 0: it stands as accepted")
    withdrawn: bool = Field(
        description="The buyer states it no longer: it counts nowhere and is in no list"
    )
    definitions: list[str] = Field(
        description="Under which it counts, on its day; none where withheld"
    )
    reversal: ReversalAnswer | None = Field(description="What it takes back, or what took it back")


class RevisionAnswer(Answer):
    """What a payment was from `recorded_at` on, and why; 0 is how it was accepted."""

    revision: int
    recorded_at: datetime
    why: str = Field(
        description="accepted, officer, republication, ...; who corrected, and in what words, "
        "`ingest` tells the buyer's officers"
    )
    withdrawn: bool
    supplier_id: ShownSupplier
    payee: str | None
    payment_date: date
    amount: str = Field(pattern=AMOUNT)
    reference: str | None
    transaction: str | None
    unit: str | None
    expense_type: str | None
    purpose: str | None
    ledger_programme: str | None
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
    predecessors: list[PredecessorAnswer]
    withheld: WithheldAnswer | None
    next: str | None


PAYMENT_EXAMPLE = {
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
    "expense_type": "Purchase of healthcare",
    "purpose": "Care at home, April",
    "ledger_programme": "EOL",
    "programme": "End of life",
    "programme_state": "mapped",
    "programme_rule": "ledger programme",
    "budget_head": "Hospices",
    "place": "Leeds",
    "tier": "auto",
    "organisation": "GB-CHC-1234567",
    "organisation_name": "Example Hospice",
    "revision": 1,
    "withdrawn": False,
    "definitions": ["registered-charity"],
    "reversal": {
        "role": "reversed-by",
        "payment_id": "5d0f9d7c-2a52-5b0e-8f0e-6f1f4f0c9b27",
        "payment_date": "2024-05-14",
        "rule": "equal-amount",
        "certainty": "likely",
    },
}
_SAID = {
    name: PAYMENT_EXAMPLE[name]
    for name in (
        *("supplier_id", "payee", "payment_date", "reference", "transaction"),
        *("unit", "expense_type", "purpose", "ledger_programme", "place"),
    )
}
DETAIL_EXAMPLE = PAYMENT_EXAMPLE | {
    "revisions": [
        _SAID
        | {
            "revision": 0,
            "recorded_at": "2024-05-01T09:00:00+00:00",
            "why": "accepted",
            "withdrawn": False,
            "amount": "15200.00",
        },
        _SAID
        | {
            "revision": 1,
            "recorded_at": "2024-05-07T14:30:00+00:00",
            "why": "officer",
            "withdrawn": False,
            "amount": "12500.00",
        },
    ]
}
