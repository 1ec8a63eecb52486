"""finance.agreements and agreements.v1: what was agreed, varied and ended."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.fact import Fact
from shared.fields import Day, Line, OrgId, Pence, Period, Word

Kind = Literal["contract", "grant", "service-level-agreement"]
Route = Literal["direct", "council", "nhs-provider", "lead-provider"]


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
