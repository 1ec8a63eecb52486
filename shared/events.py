"""The facts that travel, each one frozen model named in the past tense.

The major version stands in the type: adding an optional field is allowed, anything else is a new
version. `shared/schemas/` holds what was published; tests/contracts compares. Lists that will grow
(kinds, routes, capacities) are closed where facts come in, and open words in what is published.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.fields import Day, Line, OrgId, Paragraph, Pence, Period, Word

Kind = Literal["contract", "grant", "service-level-agreement"]
Route = Literal["direct", "council", "nhs-provider", "lead-provider"]
Tier = Literal["auto", "review", "none"]
Reach = Literal["local", "regional", "national"]


class Fact(BaseModel):
    """What every fact shares: frozen, strict (nothing is coerced), flat where it is frequent."""

    model_config = ConfigDict(frozen=True, strict=True)

    TYPE: ClassVar[str]


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


class AgreementLine(BaseModel):
    """One line of an agreement: what the money is for and how much of it a year."""

    model_config = ConfigDict(frozen=True, strict=True)

    programme: Line
    annual_amount_pence: Pence
    description: Line | None = None
    recurrent: bool = True


class AgreementTerms(Fact):
    """What an agreement says, whole, so that a fact can be applied without the one before it."""

    buyer: OrgId
    reference: Line
    title: Line
    kind: Word
    provider: Line
    start: Day
    end: Day | None = None
    lines: Annotated[tuple[AgreementLine, ...], Field(min_length=1, max_length=200)]
    notice_period: Period | None = None
    route: Word = "direct"
    place: Line | None = None
    charity_number: Line | None = None
    company_number: Line | None = None


class PostedTerms(AgreementTerms):
    """Terms as a buyer sends them, of the kinds and routes that are known here."""

    kind: Kind
    route: Route = "direct"


class AgreementPosted(PostedTerms):
    """An agreement as a buyer sends it: `agreement.registered.v1` on `finance.agreements`."""

    TYPE: ClassVar[str] = "agreement.registered.v1"


class AgreementVariationPosted(PostedTerms):
    """The terms as they stand after a variation: `agreement.varied.v1` on `finance.agreements`."""

    TYPE: ClassVar[str] = "agreement.varied.v1"

    effective_on: Day
    reason: Line | None = None


class AgreementEndPosted(Fact):
    """An agreement that ended: `agreement.ended.v1` on `finance.agreements`."""

    TYPE: ClassVar[str] = "agreement.ended.v1"

    buyer: OrgId
    reference: Line
    ended_on: Day
    reason: Line | None = None


class AgreementRegistered(AgreementTerms):
    """An agreement as first agreed, canonical: terms that hold until a variation takes effect."""

    TYPE: ClassVar[str] = "agreement.registered.v1"

    agreement_id: UUID
    supplier_id: UUID
    version: Annotated[int, Field(ge=1)]
    recorded_at: datetime


class AgreementVaried(AgreementTerms):
    """The agreement's terms from `effective_on`, which may lie ahead or in the past, canonical.

    In force on a day are the terms with the latest `effective_on` that is not after it; of two from
    one day the higher version; those of the registration while there is none.
    """

    TYPE: ClassVar[str] = "agreement.varied.v1"

    agreement_id: UUID
    supplier_id: UUID
    version: Annotated[int, Field(ge=1)]
    recorded_at: datetime
    effective_on: date
    reason: Line | None = None


class AgreementEnded(Fact):
    """An agreement's last day is `ended_on`, which may lie ahead, canonical.

    The highest version counts. Terms from a later day never come into force.
    """

    TYPE: ClassVar[str] = "agreement.ended.v1"

    agreement_id: UUID
    buyer: OrgId
    reference: Line
    version: Annotated[int, Field(ge=1)]
    recorded_at: datetime
    ended_on: date
    reason: Line | None = None


class Membership(BaseModel):
    """A period in which a supplier counts under a definition, and the rule that says so.

    Both ends are days that still count; None is open. Several periods of one definition may follow
    one another.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    definition: str
    version: str
    since: date | None = None
    until: date | None = None
    rule: str


class Exclusion(BaseModel):
    """A period in which a supplier would count under a definition but for this rule of it.

    Both ends are days; None is open.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    definition: str
    version: str
    since: date | None = None
    until: date | None = None
    rule: str


class Flag(BaseModel):
    """What is seen of a supplier whatever the definition, and the rule that says so."""

    model_config = ConfigDict(frozen=True, strict=True)

    flag: str
    rule: str


class Candidate(BaseModel):
    """An organisation that a supplier may be."""

    model_config = ConfigDict(frozen=True, strict=True)

    organisation: str | None
    name: str
    score: float


class SupplierClassified(Fact):
    """What is known of a supplier: which organisation it is and under which definitions it counts.

    `organisation` is the org-id of the match, None where nothing with an org-id was matched.
    `redacted` says that the ledger itself withholds the payee. A higher revision replaces a lower.

    `charity_probability` is the chance that the supplier is a charity, whichever it is. `income` is
    the organisation's latest yearly income on a register, in whole pounds. `place` is the Place of
    its postcode, `places` those in which it says that it works, `reach` how far it does; what it is
    to one buyer follows from these and the buyer's Place.
    """

    TYPE: ClassVar[str] = "supplier.classified.v1"

    supplier_id: UUID
    revision: Annotated[int, Field(ge=1)]
    payee: Line
    tier: Tier
    score: float
    rule: str
    evidence: tuple[str, ...]
    organisation: str | None = None
    organisation_name: str | None = None
    legal_form: str | None = None
    redacted: bool = False
    memberships: tuple[Membership, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    recorded_at: datetime
    exclusions: tuple[Exclusion, ...] = ()
    flags: tuple[Flag, ...] = ()
    charity_probability: Annotated[float, Field(ge=0, le=1)] | None = None
    income: int | None = None
    income_band: str | None = None
    size: str | None = None
    place: str | None = None
    places: tuple[str, ...] = ()
    reach: Reach | None = None
    locality_rule: str | None = None


class NoticeFact(Fact):
    """What `notices.v1` says of an agreement.

    `revision` counts the plans of the agreement and `sequence` the facts under each: the two
    together put its facts in the order in which they were decided. `recorded_at` only tells when.
    """

    agreement_id: UUID
    buyer: OrgId
    revision: Annotated[int, Field(ge=1)]
    sequence: Annotated[int, Field(ge=1)]
    recorded_at: datetime


class PlannedObligation(BaseModel):
    """A date that an agreement brings. `stage`, for a renewal, is how long before the end it is."""

    model_config = ConfigDict(frozen=True, strict=True)

    obligation_id: UUID
    kind: Word
    due_on: date
    stage: Period | None = None
    rule: str


class ObligationsPlanned(NoticeFact):
    """Every date that the agreement brings, as known at `version`; replaces an earlier plan."""

    TYPE: ClassVar[str] = "obligations.planned.v1"

    version: int
    obligations: tuple[PlannedObligation, ...]


class RenewalApproaching(NoticeFact):
    """A renewal stage was reached: `stage` before `end`, the day on which the agreement ends."""

    TYPE: ClassVar[str] = "renewal.approaching.v1"

    obligation_id: UUID
    reference: Line
    title: Line
    provider: Line
    supplier_id: UUID
    organisation: str | None
    due_on: date
    end: date
    stage: Period | None = None


class NoticeDue(NoticeFact):
    """The last safe day to serve notice is near: `last_safe_service`, worked out by `rule`."""

    TYPE: ClassVar[str] = "notice.due.v1"

    obligation_id: UUID
    reference: Line
    title: Line
    provider: Line
    supplier_id: UUID
    organisation: str | None
    notice_period: Period
    last_safe_service: date
    end: date
    rule: str


class NoticeWithdrawn(NoticeFact):
    """What was said about an obligation no longer holds."""

    TYPE: ClassVar[str] = "notice.withdrawn.v1"

    obligation_id: UUID
    reason: str


class NoticeAcknowledged(NoticeFact):
    """Somebody said that a notification was read, in a `capacity`: provider or buyer.

    `recipient` is whom the notification is for: an org-id, or the id of a supplier that matched no
    organisation. An officer of the buyer may acknowledge what is for the provider; that is not the
    provider's own word. Revision and sequence are those of the fact that was acknowledged.
    """

    TYPE: ClassVar[str] = "notice.acknowledged.v1"

    notification_id: UUID
    obligation_id: UUID
    recipient: Line
    capacity: Word
    channel: Word


class DeliveryFailed(NoticeFact):
    """A notification could not be delivered and is no longer tried.

    Revision and sequence are those of the fact that it was to tell.
    """

    TYPE: ClassVar[str] = "delivery.failed.v1"

    notification_id: UUID
    obligation_id: UUID
    channel: Word
    attempts: int
    reason: str


POSTED: tuple[type[Fact], ...] = (
    PaymentPosted,
    AgreementPosted,
    AgreementVariationPosted,
    AgreementEndPosted,
)
"""What finance systems send; its schemas stand in schemas/posted/."""

PUBLISHED: tuple[type[Fact], ...] = (
    PaymentAccepted,
    AgreementRegistered,
    AgreementVaried,
    AgreementEnded,
    SupplierClassified,
    ObligationsPlanned,
    RenewalApproaching,
    NoticeDue,
    NoticeWithdrawn,
    NoticeAcknowledged,
    DeliveryFailed,
)
"""What Local Pound publishes; its schemas stand in schemas/."""
