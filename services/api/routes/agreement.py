"""An agreement as it is shown: its terms in force, its versions, its obligations."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.personal import may_be_person
from services.api.queries.agreements import (
    Row,
    read_acknowledgements,
    read_lines,
    read_obligations,
)
from services.api.routes.door import Answer
from services.api.routes.figures import AMOUNT
from services.api.routes.obligations import ObligationAnswer, show_obligations
from shared.access import Caller
from shared.money import format_pounds


class LineAnswer(Answer):
    """One line of an agreement."""

    programme: str
    description: str | None
    annual_amount: str = Field(pattern=AMOUNT)
    recurrent: bool


class AgreementAnswer(Answer):
    """An agreement by the terms in force today."""

    agreement_id: UUID
    buyer: str
    reference: str
    title: str | None = Field(description="null where withheld")
    kind: str
    provider: str | None = Field(description="null where withheld")
    withheld: bool = Field(
        description="The provider may be a person: provider, title, end_reason and the descriptions"
        " of lines are kept back from all but the buyer's officers"
    )
    supplier_id: UUID
    organisation: str | None
    organisation_name: str | None
    start: date
    end: date | None = Field(description="null: no end is recorded")
    ended_on: date | None = Field(
        description="Its last day, once an end is recorded; it may lie ahead"
    )
    end_reason: str | None
    notice_period: str | None = Field(
        description="Of the contract, by ISO 8601 (P6M, P12W); null where none is recorded"
    )
    route: str
    place: str | None
    annual_amount: str = Field(pattern=AMOUNT, description="Its lines together, a year")
    version: int = Field(description="Of the terms in force")
    recorded_at: datetime
    lines: list[LineAnswer]
    obligations: list[ObligationAnswer]


class VersionAnswer(Answer):
    """The terms of one version, and what they change of those that hold before them."""

    version: int
    effective_on: date | None = Field(description="The day from which they hold; null: from first")
    in_force: bool
    changed: list[str] = Field(description="Fields that differ from the terms before, by day")
    reason: str | None
    recorded_at: datetime
    title: str | None = Field(description="null where withheld")
    kind: str
    provider: str | None = Field(description="null where withheld")
    supplier_id: UUID
    organisation: str | None
    start: date
    end: date | None
    notice_period: str | None
    route: str
    place: str | None
    annual_amount: str = Field(pattern=AMOUNT)
    lines: list[LineAnswer]


class AgreementWithVersions(AgreementAnswer):
    """An agreement with all that was ever agreed, in the order in which it holds."""

    versions: list[VersionAnswer]


EXAMPLE: dict[str, Any] = {
    "agreement_id": "6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3",
    "buyer": "GB-NHS-QWO",
    "reference": "WY-1024",
    "title": "Hospice care at home",
    "kind": "contract",
    "provider": "Example Hospice",
    "withheld": False,
    "supplier_id": "c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2",
    "organisation": "GB-CHC-1234567",
    "organisation_name": "Example Hospice",
    "start": "2024-04-01",
    "end": "2027-03-31",
    "ended_on": "2027-03-31",
    "end_reason": "ran its course",
    "notice_period": "P6M",
    "route": "direct",
    "place": "Leeds",
    "annual_amount": "7500000.00",
    "version": 1,
    "recorded_at": "2024-03-01T09:00:00Z",
    "lines": [
        {
            "programme": "End of life",
            "description": "Nursing at home",
            "annual_amount": "7500000.00",
            "recurrent": True,
        }
    ],
    "obligations": [
        {
            "obligation_id": "a3a6ce7d-6b57-5d3a-a1c4-3f1c9a3d8a10",
            "kind": "renewal",
            "due_on": "2026-09-30",
            "stage": "P6M",
            "rule": "6 months before the end",
            "state": "acknowledged",
            "raised_at": "2026-09-30T05:00:00Z",
            "acknowledged_by_provider_at": "2026-10-01T09:30:00Z",
            "acknowledged_by_buyer_at": "2026-10-02T09:30:00Z",
            "acknowledgements": [
                {
                    "recipient": "GB-CHC-1234567",
                    "capacity": "provider",
                    "channel": "email",
                    "acknowledged_at": "2026-10-01T09:30:00Z",
                }
            ],
            "withdrawn_at": "2026-08-01T05:00:00Z",
            "withdrawn_reason": "the end moved, and moved back",
            "undelivered": [{"channel": "email", "attempts": 10, "reason": "no such box"}],
        }
    ],
}

VERSION_EXAMPLE: dict[str, Any] = {
    "version": 1,
    "effective_on": "2025-04-01",
    "in_force": True,
    "changed": ["end"],
    "reason": "extended by two years",
    **{
        name: EXAMPLE[name]
        for name in (
            *("title", "kind", "provider", "supplier_id", "organisation", "start", "end", "route"),
            *("notice_period", "place", "annual_amount", "recorded_at", "lines"),
        )
    },
}


async def show_agreements(
    connection: AsyncConnection, rows: Sequence[Row], caller: Caller
) -> list[dict[str, Any]]:
    """Agreements with their lines and obligations, as this caller may see them."""
    ids = [row["agreement_id"] for row in rows]
    lines = await read_lines(connection, [version_key(row) for row in rows])
    obligations = await read_obligations(connection, ids)
    acknowledged = await read_acknowledgements(
        connection, [each["obligation_id"] for own in obligations.values() for each in own]
    )
    shown = []
    for row in rows:
        own = lines[version_key(row)]
        officer = caller.may_see_personal(row["buyer"])
        withheld = not officer and _may_be_person(row)
        shown.append(
            {name: row[name] for name in AgreementAnswer.model_fields if name in row}
            | {
                **(_withheld(AgreementAnswer) if withheld else {}),
                "withheld": withheld,
                **_show_lines(own, withheld=withheld),
                "obligations": show_obligations(obligations[row["agreement_id"]], acknowledged),
            }
        )
    return shown


def show_versions(
    versions: Sequence[Row],
    lines: Mapping[tuple[str, int], Sequence[Row]],
    agreement: Row,
    caller: Caller,
) -> list[dict[str, Any]]:
    """Every version by the day from which it holds, as this caller may see it."""
    officer = caller.may_see_personal(agreement["buyer"])
    shown = []
    before: dict[str, Any] = {}
    for row in versions:
        said = {name: row[name] for name in VersionAnswer.model_fields if name in row}
        withheld = not officer and _may_be_person(row)
        said |= _show_lines(lines[version_key(row)], withheld=withheld)
        shown.append(
            said
            | {
                "effective_on": None if row["effective_on"] == date.min else row["effective_on"],
                "in_force": row["version"] == agreement["version"],
                "changed": [name for name in _TERMS if before and said[name] != before[name]],
                **(_withheld(VersionAnswer) if withheld else {}),
            }
        )
        before = said
    return shown


_TERMS = (
    *("title", "kind", "provider", "start", "end", "notice_period", "route", "place"),
    *("annual_amount", "lines"),
)


def version_key(row: Row) -> tuple[str, int]:
    """By which the lines of a version are found."""
    return row["agreement_id"], row["version"]


def _may_be_person(row: Row) -> bool:
    return may_be_person(
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
        redacted=row["redacted"],
    )


_PERSONAL = ("provider", "title", "end_reason", "reason")
"""Written freely, of a person where the provider is one. The reference stays: it is a number."""


def _withheld(answer: type[Answer]) -> dict[str, None]:
    return dict.fromkeys(name for name in _PERSONAL if name in answer.model_fields)


def _show_lines(lines: Sequence[Row], *, withheld: bool) -> dict[str, Any]:
    return {
        "annual_amount": format_pounds(sum(line["annual_amount_pence"] for line in lines)),
        "lines": [
            {
                "programme": line["programme"],
                "description": None if withheld else line["description"],
                "annual_amount": format_pounds(line["annual_amount_pence"]),
                "recurrent": line["recurrent"],
            }
            for line in lines
        ],
    }
