"""GET /v1/agreements: what is agreed with whom, until when, and what it brings."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.personal import may_be_person
from services.api.queries.agreements import (
    FIRST,
    Row,
    read_agreement,
    read_agreements,
    read_lines,
    read_obligations,
)
from services.api.routes.door import Answer, Door, answer, check_parameters, problems
from services.api.routes.figures import AMOUNT
from services.api.routes.obligations import ObligationAnswer, show_obligations
from shared.access import Caller
from shared.errors import NotKnown
from shared.money import format_pounds


class LineAnswer(Answer):
    """One line of an agreement."""

    programme: str
    description: str | None
    annual_amount: str = Field(pattern=AMOUNT)
    recurrent: bool


class AgreementAnswer(Answer):
    """An agreement as it stands at its newest version."""

    agreement_id: UUID
    buyer: str
    reference: str
    title: str
    kind: str
    provider: str | None = Field(description="null where withheld")
    withheld: bool = Field(
        description="The provider may be a person: its name is kept back from all but the buyer's"
        " officers"
    )
    supplier_id: UUID
    organisation: str | None
    organisation_name: str | None
    start: date
    end: date | None = Field(description="null: no end is recorded")
    ended_on: date | None = Field(description="Set once the agreement is over")
    end_reason: str | None
    notice_period: str | None = Field(
        description="Of the contract, by ISO 8601 (P6M, P12W); null where none is recorded"
    )
    route: str
    place: str | None
    annual_amount: str = Field(pattern=AMOUNT, description="Its lines together, a year")
    version: int
    recorded_at: datetime
    lines: list[LineAnswer]
    obligations: list[ObligationAnswer]


class AgreementPage(Answer):
    """One page of a list; `next` is the cursor of the page after it, null on the last."""

    items: list[AgreementAnswer]
    next: str | None


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
            "acknowledged_at": "2026-10-01T09:30:00Z",
            "acknowledged_by": "contracts@hospice.example",
            "withdrawn_at": "2026-08-01T05:00:00Z",
            "withdrawn_reason": "the end moved, and moved back",
            "undelivered": [{"channel": "email", "attempts": 10, "reason": "no such box"}],
        }
    ],
}


def agreement_routes(door: Door) -> APIRouter:
    """Agreements."""
    router = APIRouter(tags=["agreements"], dependencies=[Depends(check_parameters)])
    reader = door.allow("spend:read")

    @router.get(
        "/v1/agreements",
        summary="Agreements by buyer or provider",
        response_model=AgreementPage,
        responses=problems(422)
        | {
            200: {
                "content": {"application/json": {"example": {"items": [EXAMPLE], "next": "AxT3"}}}
            }
        },
    )
    async def agreements(
        caller: Annotated[Caller, Depends(reader)],
        buyer: str | None = None,
        provider: Annotated[
            str | None, Query(description="An org-id, or a supplier's id where it has none")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[
            str | None, Query(description="`next` of the answer before, same filters")
        ] = None,
    ) -> Response:
        """In the order of their ids; those known only by their end wait for their terms."""
        asked = ["agreements", buyer, provider]
        after = FIRST if cursor is None else str(door.cursors.read(asked, cursor)[0])
        supplier = _as_uuid(provider)
        async with door.engine.connect() as connection:
            rows = await read_agreements(
                connection,
                buyer=buyer,
                supplier=supplier,
                organisation=None if supplier else provider,
                after=after,
                limit=limit + 1,
            )
            items = await show_agreements(connection, rows[:limit], caller)
        more = len(rows) > limit
        place = door.cursors.write(asked, [rows[limit - 1]["agreement_id"]]) if more else None
        return answer({"items": items, "next": place})

    @router.get(
        "/v1/agreements/{agreement_id}",
        summary="One agreement",
        response_model=AgreementAnswer,
        responses=problems(404, 422)
        | {200: {"content": {"application/json": {"example": EXAMPLE}}}},
    )
    async def agreement(agreement_id: UUID, caller: Annotated[Caller, Depends(reader)]) -> Response:
        """With its lines, and every date that it brings and how far each has come."""
        async with door.engine.connect() as connection:
            row = await read_agreement(connection, str(agreement_id))
            if row is None:
                raise NotKnown(f"no agreement is known as {agreement_id}")
            [shown] = await show_agreements(connection, [row], caller)
        return answer(shown)

    return router


def _as_uuid(text: str | None) -> str | None:
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None


async def show_agreements(
    connection: AsyncConnection, rows: Sequence[Row], caller: Caller
) -> list[dict[str, Any]]:
    """Agreements with their lines and obligations, as this caller may see them."""
    ids = [row["agreement_id"] for row in rows]
    lines = await read_lines(connection, ids)
    obligations = await read_obligations(connection, ids)
    shown = []
    for row in rows:
        own = lines[row["agreement_id"]]
        officer = caller.may_see_personal(row["buyer"])
        withheld = not officer and may_be_person(
            organisation=row["organisation"],
            organisation_name=row["organisation_name"],
            redacted=row["redacted"],
        )
        shown.append(
            {name: row[name] for name in AgreementAnswer.model_fields if name in row}
            | {
                "provider": None if withheld else row["provider"],
                "withheld": withheld,
                "version": row["terms_version"],
                "annual_amount": format_pounds(sum(line["annual_amount_pence"] for line in own)),
                "lines": [
                    {
                        "programme": line["programme"],
                        "description": line["description"],
                        "annual_amount": format_pounds(line["annual_amount_pence"]),
                        "recurrent": line["recurrent"],
                    }
                    for line in own
                ],
                "obligations": show_obligations(obligations[row["agreement_id"]], officer=officer),
            }
        )
    return shown
