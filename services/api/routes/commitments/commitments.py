"""/v1/commitments: what a buyer promised the sector, measured; and what its officers say of it."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi import Path as FromPath

from services.api.kept.state_commitment import Saying, state_commitment, withdraw_statement
from services.api.queries.buyers import check_buyer
from services.api.queries.moment import as_one
from services.api.reports.answer_commitments import AskedYear, answer_commitments
from services.api.reports.commitments_sheet import write_commitments
from services.api.reports.show_commitments import show_statement
from services.api.routes.commitments.commitment_answer import (
    COMMITMENTS_EXAMPLE,
    STATEMENT_EXAMPLE,
    CommitmentsAnswer,
    StatementAnswer,
    StatementGiven,
)
from services.api.routes.door import Door, answer, answer_anew, problems
from services.api.routes.officer import Officer, officer, shows_officers
from shared.access import Caller
from shared.door.accepted import CSV_TYPE, JSON_TYPE, accepted
from shared.door.parameters import check_parameters
from shared.errors import Rejected
from shared.lists.tags import IfNoneMatch, answer_unless_had
from shared.lists.wish import NOT_MODIFIED

_PATH = "/v1/commitments/{buyer}/{financial_year}"
_STATEMENTS = _PATH + "/{number}/statements"
_STATED: dict[int | str, Any] = {
    200: {"content": {"application/json": {"example": STATEMENT_EXAMPLE}}}
}

AllocationGrowth = Annotated[
    float | None,
    Query(ge=-100, le=100, description="Of the NHS allocation, on the year before; %"),
]
NetUplift = Annotated[
    float | None,
    Query(ge=-100, le=100, description="Average uplift less efficiency: 2 and 1.6 are 0.4"),
]


def commitment_routes(door: Door) -> APIRouter:
    """Commitments."""
    router = APIRouter(tags=["commitments"], dependencies=[Depends(check_parameters)])
    writer = door.allow("review:write")

    @router.get(
        _PATH,
        summary="What a buyer promised the sector, and how far it is kept",
        response_model=CommitmentsAnswer,
        responses=problems(404, 422)
        | NOT_MODIFIED
        | {
            200: {
                "content": {
                    JSON_TYPE: {"example": COMMITMENTS_EXAMPLE},
                    CSV_TYPE: {"schema": {"type": "string"}},
                }
            }
        },
    )
    async def commitments(
        buyer: str,
        year: Annotated[str, FromPath(alias="financial_year", examples=["2025-26"])],
        caller: Annotated[Caller, Depends(door.allow("spend:read"))],
        as_of: Annotated[
            date | None,
            Query(description="By what was recorded by the end of this day; today by default"),
        ] = None,
        definition: Annotated[
            str | None,
            Query(description="The sector; community-interest by default, where it is known"),
        ] = None,
        allocation_growth: AllocationGrowth = None,
        net_uplift: NetUplift = None,
        accept: Annotated[str, Header(include_in_schema=False)] = JSON_TYPE,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """The twelve commitments and seven principles, each with its measure, the rows behind it
        and a status. What no data tells says so; what officers stated stands beside.

        The year is judged on its last day, or on the day of asking before that. Of a notice its
        last step is known: one that was withdrawn since counts as it stood. As JSON, or as one
        table (`Accept: text/csv`).
        """
        asked = AskedYear(buyer, year, as_of, definition, allocation_growth, net_uplift)
        async with as_one(door.engine) as connection:
            content = await answer_commitments(
                connection, asked, door.today(), shows_officers(caller, buyer)
            )
        if accepted(accept, (JSON_TYPE, CSV_TYPE)) == CSV_TYPE:
            headers = {"content-disposition": f'attachment; filename="commitments-{year}.csv"'}
            return answer_unless_had(if_none_match, write_commitments(content), CSV_TYPE, headers)
        return answer_anew(content, if_none_match)

    @router.post(
        _STATEMENTS,
        summary="Say something of a commitment",
        response_model=StatementAnswer,
        responses=problems(404, 422)
        | {409: {"description": "More statements than a commitment bears would stand"}}
        | _STATED,
    )
    async def state(
        buyer: str,
        year: Annotated[str, FromPath(alias="financial_year")],
        number: str,
        given: StatementGiven,
        caller: Annotated[Caller, Depends(writer)],
    ) -> Response:
        """A dated statement, shown beside the measure and never instead of it. Sent again it is
        one; once it was withdrawn, it is another.
        """
        of = Saying(buyer, year, number)
        who = officer(door, caller, buyer, given.who)
        if given.day > door.today():
            raise Rejected(f"{given.day} has not come", "day")
        async with door.engine.connect() as connection:
            await check_buyer(connection, buyer)
        stated = await state_commitment(door.engine, of, given.day, given.says, who, door.now())
        return answer(show_statement(stated, shows_officers(caller, buyer, who)))

    @router.post(
        _STATEMENTS + "/{statement_id}/withdraw",
        summary="Take a statement back",
        response_model=StatementAnswer,
        responses=problems(404, 422) | _STATED,
    )
    async def take_back(
        buyer: str,
        year: Annotated[str, FromPath(alias="financial_year")],
        number: str,
        statement_id: UUID,
        given: Officer,
        caller: Annotated[Caller, Depends(writer)],
    ) -> Response:
        """It is kept with who withdrew it, and stands no longer. Done again it changes nothing."""
        of = Saying(buyer, year, number)
        who = officer(door, caller, buyer, given.who)
        found = await withdraw_statement(door.engine, of, str(statement_id), who, door.now())
        return answer(show_statement(found, shows_officers(caller, buyer, who)))

    return router
