"""/v1/statements/.../claims: figures as somebody printed them, held against the rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import RowMapping

from services.api.kept.claims import history_of_claims, record_claims, withdraw_claim
from services.api.queries.buyers import check_buyer
from services.api.queries.moment import as_one
from services.api.reports.read_statement import AskedStatement, read_statement, year_named
from services.api.routes.door import Answer, Door, answer, answer_anew, problems
from services.api.routes.officer import Officer, OfficerShown, officer, shows_officers
from services.api.statements.document import Claim, Document, Mismatch
from services.api.statements.packs import STATEMENT
from services.api.statements.printed import read_printed
from services.api.withheld.personal import Shows
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.errors import Conflict, NotKnown, Rejected
from shared.fields import Line
from shared.lists.tags import IfNoneMatch
from shared.lists.wish import NOT_MODIFIED


class ClaimGiven(BaseModel):
    """A figure of the statement, as it is printed elsewhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figure: Line = Field(description="The key of a figure", examples=["agreed.large.share"])
    printed: Line = Field(
        description="As printed; a fall bears a minus",
        examples=["60%", "just under -3%", "£19.87m"],
    )
    source: Line = Field(description="Where", examples=["Position statement 2024, section 2.3"])


class ClaimsGiven(Officer):
    """Figures of one document: all are stated, or none."""

    claims: Annotated[list[ClaimGiven], Field(min_length=1, max_length=200)]


class ClaimAnswer(Answer):
    """A claim and who stated it."""

    claim_id: UUID
    figure: str
    printed: str
    source: str
    who: OfficerShown
    stated_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: OfficerShown


class ClaimsAnswer(Answer):
    """Every claim of a statement, those withdrawn too, the oldest first."""

    claims: list[ClaimAnswer]


class ClaimsStated(ClaimsAnswer):
    """What was stated, and every warning of the statement with these claims."""

    warnings: list[Mismatch]


_CLAIM = {
    "claim_id": "6f1d2a0e-4f4a-4a39-9a86-2f2d3b1c7e55",
    "figure": "agreed.large.share",
    "printed": "60%",
    "source": "Position statement 2024, section 2.3",
    "who": "finance.officer@icb.example",
    "stated_at": "2025-09-12T10:02:11Z",
    "withdrawn_at": None,
    "withdrawn_by": None,
}
_WARNING = {
    "figure": "agreed.large.share",
    "label": "Share of lines over £400,000",
    "printed": "60%",
    "source": "Position statement 2024, section 2.3",
    "recomputed": "70.5%",
    "by": ["the rows"],
    "verdict": "impossible",
    "sentence": "Share of lines over £400,000 is printed as 60% (Position statement 2024, section "
    "2.3). The rows come to 70.5%.",
}


def claim_routes(door: Door) -> APIRouter:
    """Claims."""
    router = APIRouter(tags=["statements"], dependencies=[Depends(check_parameters)])
    writer = door.allow("review:write")

    @router.get(
        "/v1/statements/{buyer}/{financial_year}/claims",
        summary="What was claimed of a statement's figures",
        response_model=ClaimsAnswer,
        responses=problems(422)
        | NOT_MODIFIED
        | {200: {"content": {"application/json": {"example": {"claims": [_CLAIM]}}}}},
    )
    async def claims(
        buyer: str,
        financial_year: str,
        caller: Annotated[Caller, Depends(door.allow("spend:read"))],
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """The oldest first, with who stated and who withdrew each, for who may see that."""
        year_named(financial_year, 0)
        async with door.engine.connect() as connection:
            found = await history_of_claims(connection, buyer, financial_year)
            if not found:
                await check_buyer(connection, buyer)
        shows = shows_officers(caller, buyer)
        return answer_anew({"claims": [_shown(row, shows) for row in found]}, if_none_match)

    @router.post(
        "/v1/statements/{buyer}/{financial_year}/claims",
        summary="State figures as they are printed",
        response_model=ClaimsStated,
        responses=problems(404, 422)
        | {
            409: {"description": "More claims than a statement bears would stand"},
            200: {
                "content": {
                    "application/json": {"example": {"claims": [_CLAIM], "warnings": [_WARNING]}}
                }
            },
        },
    )
    async def claim(
        buyer: str,
        financial_year: str,
        given: ClaimsGiven,
        caller: Annotated[Caller, Depends(writer)],
    ) -> Response:
        """Each is recomputed in every statement of the year from then on, until it is withdrawn."""
        year_named(financial_year, -1)
        who = officer(door, caller, buyer, given.who)
        stated = [Claim(claim_id=uuid4(), **each.model_dump()) for each in given.claims]
        asked, today = AskedStatement(buyer, financial_year), door.today()
        async with door.reports:  # one turn for all: what is recorded is answered
            async with as_one(door.engine) as connection:
                before = await read_statement(connection, asked, today, title=STATEMENT)
            _check(before, given.claims)
            async with door.engine.begin() as tx:
                await record_claims(tx, buyer, financial_year, stated, who, door.now())
            async with as_one(door.engine) as connection:
                after = await read_statement(connection, asked, today, title=STATEMENT)
                history = await history_of_claims(connection, buyer, financial_year)
        ids = {str(each.claim_id) for each in stated}
        shows = shows_officers(caller, buyer, who)
        return answer(
            {
                "claims": [_shown(row, shows) for row in history if row["claim_id"] in ids],
                "warnings": [warning.model_dump(mode="json") for warning in after.warnings],
            }
        )

    @router.post(
        "/v1/statements/{buyer}/{financial_year}/claims/{claim_id}/withdraw",
        summary="Withdraw a claim",
        response_model=ClaimAnswer,
        responses=problems(404, 422)
        | {
            409: {"description": "It was withdrawn before"},
            200: {"content": {"application/json": {"example": _CLAIM}}},
        },
    )
    async def withdraw(
        buyer: str,
        financial_year: str,
        claim_id: UUID,
        given: Officer,
        caller: Annotated[Caller, Depends(writer)],
    ) -> Response:
        """It stays in the list of claims, with who withdrew it."""
        year_named(financial_year, 0)
        who = officer(door, caller, buyer, given.who)
        async with door.engine.begin() as tx:
            gone = await withdraw_claim(tx, buyer, financial_year, str(claim_id), who, door.now())
            found = [
                row
                for row in await history_of_claims(tx, buyer, financial_year)
                if row["claim_id"] == str(claim_id)
            ]
        if not found:
            raise NotKnown(f"no claim of this statement is known as {claim_id}")
        if not gone:
            raise Conflict(f"the claim {claim_id} was withdrawn before")
        return answer(_shown(found[0], shows_officers(caller, buyer, who)))

    return router


def _check(statement: Document, given: Sequence[ClaimGiven]) -> None:
    """Rejected: no figure of the statement has that key, or it is printed in another unit."""
    known = {one.key: one for section in statement.sections for one in section.figures}
    for row, claim in enumerate(given, 1):
        if claim.figure not in known:
            raise Rejected(
                f"the statement has no figure {claim.figure[:80]!r}; it has: {', '.join(known)}",
                "figure",
                row,
            )
        try:
            read_printed(claim.printed, known[claim.figure].unit)
        except Rejected as error:
            raise Rejected(error.reason, error.field, row) from error


def _shown(row: RowMapping, shows: Shows) -> dict[str, object]:
    said = {name: row[name] for name in ClaimAnswer.model_fields}
    return said | {name: shows(row[name]) for name in ("who", "withdrawn_by")}
