"""finance.payments and payments.v1: lines of a buyer's ledger, and their corrections."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.events.fact import Fact
from shared.fields import Day, Line, OrgId, Paragraph, Pence, Word


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
    expense_type: Paragraph | None = None
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
    payment_date: Day
    amount_pence: Pence
    recorded_at: datetime
    reference: Line | None = None
    transaction: Line | None = None
    unit: Line | None = None
    expense_type: Paragraph | None = None
    purpose: Paragraph | None = None
    programme: Line | None = None
    place: Line | None = None
    charity_number: Line | None = None
    company_number: Line | None = None
    postcode: Line | None = None


class ReplacedPayment(BaseModel):
    """What of a payment counted until it was corrected: whoever keeps sums takes it back."""

    model_config = ConfigDict(frozen=True, strict=True)

    supplier_id: UUID
    payment_date: Day
    amount_pence: Pence


class PaymentCorrected(Fact):
    """A payment as it stands after a correction, whole; the highest `revision` of it counts.

    `payment.accepted.v1` is revision 0. A correction of the payee moves the payment to another
    supplier; the fact is then published to both, once under the key of each, with one event id.
    Who keeps sums by supplier takes back `replaced` where it is of the record's supplier, and adds
    the payment where that is: in any order, the revisions of a payment add up to the last.

    `withdrawn`, the buyer no longer states the payment: it counts nowhere, and the other fields
    say what it last was. `replaced` is null where it was withdrawn until then.

    `why` is a kind, never a sentence or a name: the topic is kept for ever and read by every
    service. Who corrected, and in what words, `ingest` tells officers at its own door.
    """

    TYPE: ClassVar[str] = "payment.corrected.v1"

    payment_id: UUID
    revision: Annotated[int, Field(ge=1)]
    buyer: OrgId
    supplier_id: UUID
    payee: Line
    payment_date: Day
    amount_pence: Pence
    recorded_at: datetime
    why: Annotated[Word, Field(description="Such as officer or republication")]
    replaced: ReplacedPayment | None
    withdrawn: bool = False
    reference: Line | None = None
    transaction: Line | None = None
    unit: Line | None = None
    expense_type: Paragraph | None = None
    purpose: Paragraph | None = None
    programme: Line | None = None
    place: Line | None = None
    charity_number: Line | None = None
    company_number: Line | None = None
    postcode: Line | None = None
