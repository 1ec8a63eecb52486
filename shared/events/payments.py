"""finance.payments and payments.v1: lines of a buyer's ledger."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from shared.events.fact import Fact
from shared.fields import Day, Line, OrgId, Paragraph, Pence


class PaymentPosted(Fact):
    """One posted line of a buyer's ledger, as a finance system sends it; not yet trusted.

    Exactly one of `amount_pence` (integer) and `amount` (a string of pounds) is given; a credit
    is negative. The buyer with the CloudEvents source and id names the payment.
    """

    TYPE: ClassVar[str] = "payment.posted.v1"

    buyer: OrgId
    payee: Line
    payment_date: Day
    amount_pence: Pence | None = None
    amount: Annotated[str, StringConstraints(max_length=40)] | None = None
    reference: Line | None = None
    transaction: Line | None = None
    unit: Line | None = None
    purpose: Paragraph | None = None
    programme: Line | None = None
    place: Line | None = None
    charity_number: Line | None = None
    company_number: Line | None = None
    postcode: Line | None = None


class PaymentAccepted(Fact):
    """A payment that stands in the ledger."""

    TYPE: ClassVar[str] = "payment.accepted.v1"

    payment_id: UUID
    buyer: OrgId
    supplier_id: UUID
    payee: Line
    payment_date: date
    amount_pence: Pence
    recorded_at: datetime
    reference: Line | None = None
    transaction: Line | None = None
    unit: Line | None = None
    purpose: Paragraph | None = None
    programme: Line | None = None
    place: Line | None = None
    charity_number: Line | None = None
    company_number: Line | None = None
    postcode: Line | None = None
