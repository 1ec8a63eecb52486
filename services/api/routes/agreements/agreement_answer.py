"""An agreement as it is answered: its terms in force, its versions, its obligations."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.api.routes.agreements.notices import NoticeAnswer
from services.api.routes.agreements.obligations import ObligationAnswer
from services.api.routes.door import Answer
from services.api.routes.figures import AMOUNT
from services.api.routes.withheld import ShownSupplier
from shared.notice_terms import NoticeTerms


class AgreementLineAnswer(Answer):
    """One line of an agreement."""

    programme: str
    description: str | None
    annual_amount: str = Field(pattern=AMOUNT)
    recurrent: bool


class ExtensionOptionAnswer(Answer):
    """A right to go on: by a length or until a day."""

    length: str | None = Field(description="By ISO 8601 (P1Y), from where the option before ends")
    until: date | None
    exercise_by: date | None = Field(description="The last day to exercise it; null: not recorded")
    used: bool = Field(
        description="The buyer says so, or the end has moved past the day on which it begins"
    )


class MemberAnswer(Answer):
    """Who delivers under a lead provider."""

    name: str | None = Field(description="null where withheld: the member may be a person")
    share_percent: str | None = Field(description="Of the money; null where none is recorded")
    supplier_id: ShownSupplier
    organisation: str | None


class ContactAnswer(Answer):
    """A person to ask."""

    party: str = Field(description="buyer or provider")
    role: str
    name: str
    channel: str = Field(description="email, phone or post")
    address: str


class TermsAnswer(Answer):
    """What one version of an agreement says."""

    title: str | None = Field(description="null where withheld")
    kind: str
    provider: str | None = Field(description="null where withheld")
    supplier_id: ShownSupplier
    organisation: str | None
    start: date
    end: date | None = Field(description="null: no end is recorded")
    maximum_end: date | None = Field(
        description="The last day to which extension options can take it; null: not recorded"
    )
    extension_options: list[ExtensionOptionAnswer]
    notice_period: str | None = Field(
        description="Of either side, by ISO 8601 (P6M, P12W); null where none is recorded, or where"
        " notice_terms say more"
    )
    notice_terms: NoticeTerms | None = Field(description="null where none are recorded")
    route: str
    members: list[MemberAnswer]
    place: str | None
    duration_rationale: str | None = Field(
        description="Why the term is shorter than three years or longer than five; null where"
        " withheld or not recorded"
    )
    awarded_on: date | None = Field(
        description="The day of the decision to award it; null: not recorded"
    )
    total_amount: str | None = Field(
        pattern=AMOUNT, description="Over its whole term, as its buyer states it; null: not stated"
    )
    annual_amount: str = Field(pattern=AMOUNT, description="Its lines together, a year")
    lines: list[AgreementLineAnswer]
    marks: list[str] = Field(
        description="What is unusual: no-end-date; beyond-maximum-end: the end is after the maximum"
        " that was agreed; no-duration-rationale: shorter than three years or longer than five, and"
        " no reason is recorded"
    )
    version: int
    recorded_at: datetime


class YearAnswer(Answer):
    """The agreed amount of a financial year."""

    financial_year: str
    amount: str = Field(pattern=AMOUNT)


class AgreementAnswer(TermsAnswer):
    """An agreement by the terms in force today."""

    agreement_id: UUID
    buyer: str
    reference: str
    withheld: bool = Field(
        description="The provider, now or in another version, may be a person: its name, and title,"
        " reason, duration_rationale, end_reason and the descriptions of lines of all versions, are"
        " kept back from all but the buyer's officers"
    )
    organisation_name: str | None
    ended_on: date | None = Field(
        description="Its last day, once an end is recorded; it may lie ahead"
    )
    ending: str | None = Field(description="Why it ended (expired, terminated-by-buyer, ...)")
    end_reason: str | None
    by_year: list[YearAnswer] | None = Field(
        description="Its lines by financial year over the whole term, as varied from each day and"
        " counted by the days of the year; null while it has no end"
    )
    contacts_confirmed_on: date | None = Field(description="null: nobody was named")
    contacts: list[ContactAnswer] | None = Field(
        description="Whom to ask; null where withheld: persons are shown to the buyer's officers"
    )
    obligations: list[ObligationAnswer]
    notices: list[NoticeAnswer]


class VersionAnswer(TermsAnswer):
    """The terms of one version, and what they change of those that hold before them."""

    effective_on: date | None = Field(description="The day from which they hold; null: from first")
    in_force: bool
    changes: list[str] = Field(
        description="What the buyer calls it (extension, value, specification, novation,"
        " correction)"
    )
    changed: list[str] = Field(description="Fields that differ from the terms before, by day")
    reason: str | None


class AgreementWithVersions(AgreementAnswer):
    """An agreement with all that was ever agreed, in the order in which it holds."""

    versions: list[VersionAnswer]
