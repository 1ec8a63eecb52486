"""finance.agreements and agreements.v1: what was agreed, varied and ended."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from shared.agreement_parts import (
    AgreementLine,
    ExtensionOption,
    KnownMember,
    Member,
    PostedLine,
    PostedMember,
)
from shared.events.fact import Fact
from shared.fields import Day, Line, OrgId, Paragraph, Pence, Period, Word
from shared.notice_terms import NoticeTerms, PostedNoticeTerms

Kind = Literal["contract", "grant", "service-level-agreement"]
Route = Literal["direct", "council", "nhs-provider", "lead-provider"]
Change = Literal["extension", "value", "specification", "novation", "correction"]
"""What a variation does: a later end, other amounts, another service, another provider, or it puts
right what was recorded wrongly."""
Ending = Literal[
    "expired",
    "terminated-by-buyer",
    "terminated-by-provider",
    "terminated-by-mutual-agreement",
    "terminated-for-breach",
    "other",
]
"""Why an agreement ended."""


class AgreementTerms(Fact):
    """What an agreement says, whole, so that a fact can be applied without the one before it.

    `end` is the current end, None where none is recorded; `maximum_end` the last day to which
    extension options can take it. `notice_period` stands for both sides; an agreement that says
    more of notice has `notice_terms` instead. `awarded_on` is the day of the decision to award it,
    `total_amount_pence` what it pays over its whole term, both only where the buyer states them:
    neither is worked out of other fields. `members` deliver under a lead provider.
    `duration_rationale` is why the term is shorter than three years or longer than five (position
    statement of NHS West Yorkshire ICB in Leeds, 2024, section 5.4).
    """

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
    maximum_end: Day | None = None
    extension_options: Annotated[tuple[ExtensionOption, ...], Field(max_length=20)] = ()
    notice_terms: NoticeTerms | None = None
    members: Annotated[tuple[Member, ...], Field(max_length=200)] = ()
    duration_rationale: Paragraph | None = None
    awarded_on: Day | None = None
    total_amount_pence: Pence | None = None


_BOTH_NOTICES: JsonDict = {
    "required": ["notice_period", "notice_terms"],
    "properties": {"notice_period": {"type": "string"}, "notice_terms": {"type": "object"}},
}
"""One period for both sides, or terms that say more: the doors take one of the two."""


class PostedTerms(AgreementTerms):
    """Terms as a buyer sends them, of the kinds and routes that are known here.

    `organisation` names the provider by org-id, where the buyer knows it, instead of a charity or
    company number.
    """

    model_config = ConfigDict(json_schema_extra={"not": _BOTH_NOTICES})

    kind: Kind
    route: Route = "direct"
    organisation: OrgId | None = None
    lines: Annotated[tuple[PostedLine, ...], Field(min_length=1, max_length=200)]
    notice_terms: PostedNoticeTerms | None = None
    members: Annotated[tuple[PostedMember, ...], Field(max_length=200)] = ()


class AgreementPosted(PostedTerms):
    """An agreement as a buyer sends it: `agreement.registered.v1` on `finance.agreements`."""

    TYPE: ClassVar[str] = "agreement.registered.v1"


class AgreementVariationPosted(PostedTerms):
    """The terms as they stand after a variation: `agreement.varied.v1` on `finance.agreements`."""

    TYPE: ClassVar[str] = "agreement.varied.v1"

    effective_on: Day
    changes: Annotated[tuple[Change, ...], Field(max_length=5)] = ()
    reason: Line | None = None


class AgreementEndPosted(Fact):
    """An agreement that ended: `agreement.ended.v1` on `finance.agreements`.

    `withdrawn` takes the end back that was said before, whatever day `ended_on` names.
    """

    TYPE: ClassVar[str] = "agreement.ended.v1"

    buyer: OrgId
    reference: Line
    ended_on: Day
    ending: Ending | None = None
    reason: Line | None = None
    withdrawn: bool = False


class AgreementRegistered(AgreementTerms):
    """An agreement as first agreed, canonical: terms that hold until a variation takes effect."""

    TYPE: ClassVar[str] = "agreement.registered.v1"

    agreement_id: UUID
    supplier_id: UUID
    members: Annotated[tuple[KnownMember, ...], Field(max_length=200)] = ()
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
    members: Annotated[tuple[KnownMember, ...], Field(max_length=200)] = ()
    version: Annotated[int, Field(ge=1)]
    recorded_at: datetime
    effective_on: date
    changes: tuple[Word, ...] = ()
    reason: Line | None = None


class AgreementEnded(Fact):
    """An agreement's last day is `ended_on`, which may lie ahead, canonical.

    The highest version counts; `withdrawn`, it says that no end is known. Terms from a later day
    than an end never come into force. An end ahead that is after the end of the terms in force
    changes nothing before it has passed.
    """

    TYPE: ClassVar[str] = "agreement.ended.v1"

    agreement_id: UUID
    buyer: OrgId
    reference: Line
    version: Annotated[int, Field(ge=1)]
    recorded_at: datetime
    ended_on: date
    ending: Word | None = None
    reason: Line | None = None
    withdrawn: bool = False
