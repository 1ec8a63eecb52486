"""What is answered of the promises of a buyer's year."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.api.commitments.measured import Figure, Status
from services.api.routes.door import Answer
from services.api.routes.officer import Officer, OfficerShown
from shared.fields import Day, Paragraph


class DaysAnswer(Answer):
    """Days that both count."""

    since: date
    until: date


class EvidenceAnswer(Answer):
    """A row that decided, and where it is shown."""

    href: str
    says: str


class StatementAnswer(Answer):
    """What an officer said of it on a day: beside the measure, never instead of it."""

    statement_id: UUID
    number: str
    day: date
    says: str
    who: OfficerShown
    stated_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: OfficerShown


class PromiseAnswer(Answer):
    """One commitment or principle."""

    number: str = Field(description="1 to 12: commitments; A1 to A7: principles of West Yorkshire")
    section: str = Field(description="Of the source")
    title: str = Field(description="In our words")
    status: Status
    reason: str = Field(description="Why that is its status")
    measured: str | None = Field(description="What is measured; null: no data here tells")
    untold: str | None = Field(description="What of it no data here tells; an officer may")
    figures: dict[str, Figure] = Field(
        description="`_share` from 0 to 1, `_before` of the same days of the year before, `pence`"
        " in pence, `_percent` in per cent; null: not known"
    )
    thresholds: dict[str, float]
    whose_thresholds: str | None = Field(
        description="paper: the source names them; ours: chosen here, for it names none"
    )
    evidence: list[EvidenceAnswer] = Field(description="The first hundred")
    evidence_count: int
    statements: list[StatementAnswer]


class CommitmentsAnswer(Answer):
    """The promises of a buyer's year, as known on a day."""

    buyer: str
    financial_year: str
    as_of: date = Field(description="What was recorded by the end of this day is known")
    at: date = Field(description="The day of the year on which it is judged")
    definition: str | None = Field(description="What counts as the sector; null: none is known")
    source: str
    agreements: int = Field(description="Known, of providers that count")
    other_agreements: int = Field(description="Known, of others: they are judged by nothing here")
    paid: DaysAnswer | None = Field(
        description="Payments compared: to the end of the last month with any; null: there are none"
    )
    paid_before: DaysAnswer | None
    statuses: dict[Status, int]
    commitments: list[PromiseAnswer]
    principles: list[PromiseAnswer]


class StatementGiven(Officer):
    """What an officer says of a commitment, and on which day it was so."""

    day: Annotated[Day, Field(examples=["2025-09-16"])]
    says: Annotated[Paragraph, Field(examples=["Reviewed with the sector at the September event"])]


STATEMENT_EXAMPLE: dict[str, Any] = {
    "statement_id": "5d8f0a9e-6a55-5a0e-9d5e-0c8f6d1b2a77",
    "number": "2",
    "day": "2025-09-16",
    "says": "Reviewed with the sector at the September event",
    "who": "commissioning.officer@icb.example",
    "stated_at": "2025-09-17T09:02:11Z",
    "withdrawn_at": None,
    "withdrawn_by": None,
}
COMMITMENTS_EXAMPLE: dict[str, Any] = {
    "buyer": "GB-NHS-QWO",
    "financial_year": "2025-26",
    "as_of": "2026-11-23",
    "at": "2026-03-31",
    "definition": "community-interest",
    "source": "NHS West Yorkshire ICB in Leeds, Working with the Third Sector, Annual Position "
    "Statement 2024 (version 1.2)",
    "agreements": 38,
    "other_agreements": 4,
    "paid": {"since": "2025-04-01", "until": "2026-03-31"},
    "paid_before": {"since": "2024-04-01", "until": "2025-03-31"},
    "statuses": {"met": 0, "at risk": 0, "not met": 1, "cannot be told": 1},
    "commitments": [
        {
            "number": "2",
            "section": "7.1, 4",
            "title": "The sector is a member of the partnership, and what holds it together is "
            "reviewed and paid for",
            "status": "cannot be told",
            "reason": "Membership of boards and reviews of infrastructure are in no ledger and no "
            "register of agreements",
            "measured": None,
            "untold": "Membership of boards and reviews of infrastructure are in no ledger and no "
            "register of agreements",
            "figures": {},
            "thresholds": {},
            "whose_thresholds": None,
            "evidence": [],
            "evidence_count": 0,
            "statements": [STATEMENT_EXAMPLE],
        },
        {
            "number": "7",
            "section": "7.1, 5.4",
            "title": "Six months' notice of an end or of a material change",
            "status": "not met",
            "reason": "1 of 3 notices gave less, and name no exception",
            "measured": "Notices that the buyer served in the year with less than six months and "
            "no exception",
            "untold": "What was agreed or announced outside the register of notices",
            "figures": {
                "notices": 3,
                "shorter": 1,
                "by_exception": 1,
                "ended_by_buyer_without_notice": 0,
                "last_safe_day_passed": 0,
            },
            "thresholds": {"months": 6.0},
            "whose_thresholds": "paper",
            "evidence": [
                {
                    "href": "/v1/agreements/9b1d7a52-2a4e-5a0b-8f0e-3a5f7c1d9e10",
                    "says": "LDS-VCSE-002: termination served 2025-12-01 for 2026-03-31",
                }
            ],
            "evidence_count": 1,
            "statements": [],
        },
    ],
    "principles": [],
}
