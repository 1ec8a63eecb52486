"""GET /v1/programmes/unmapped: which codes to map first."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import Field

from services.api.asked.question import Question, choose, days, split
from services.api.queries.buyers import known_buyers
from services.api.queries.unmapped_codes import (
    StateSums,
    read_met,
    read_states,
    read_unmapped,
)
from services.api.routes.asked_filters import FinancialYears
from services.api.routes.door import Answer, Door, answer, problems
from services.api.routes.figures import AMOUNT
from services.api.routes.spend.unmapped_sheet import write_unmapped
from services.api.spend.coverage import share
from services.api.spend.programme import STATES
from shared.access import Caller
from shared.door.accepted import CSV_TYPE, JSON_TYPE, accepted
from shared.door.parameters import check_parameters
from shared.money import format_pounds

_MOST = 5_000


class UnmappedCodes(Answer):
    """A combination of codes, and what payments that bear it come to."""

    unit: str | None
    expense_type: str | None
    ledger_programme: str | None
    programme_state: Literal["as-coded", "unmapped"] = Field(
        description="as-coded: it counts under the ledger's own word meanwhile"
    )
    gross_amount: str = Field(pattern=AMOUNT, description="Credits count as positive")
    amount: str = Field(pattern=AMOUNT)
    lines: int
    share: float | None = Field(description="Of the buyer's gross pounds")
    first_day: date
    last_day: date
    purposes: list[str] = Field(
        description="At most three, of payees that are surely no persons; all with personal:read"
    )


class StateFigures(Answer):
    """What is in one state."""

    lines: int
    gross_amount: str = Field(pattern=AMOUNT)
    share: float | None


class UnmappedAnswer(Answer):
    """How much is mapped, and the largest of what is not."""

    buyer: str
    states: dict[str, StateFigures] = Field(description=f"Of {', '.join(STATES)}")
    items: list[UnmappedCodes]


_CODES_EXAMPLE = {
    "unit": "31110 Community Services",
    "expense_type": "Purchase of healthcare",
    "ledger_programme": None,
    "programme_state": "unmapped",
    "gross_amount": "1655833.33",
    "amount": "1655833.33",
    "lines": 42,
    "share": 0.25,
    "first_day": "2024-04-18",
    "last_day": "2025-03-20",
    "purposes": ["Care at home, April"],
}
_EXAMPLE = {
    "buyer": "GB-NHS-QWO",
    "states": {
        "mapped": {"lines": 126, "gross_amount": "4967499.99", "share": 0.75},
        "as-coded": {"lines": 0, "gross_amount": "0.00", "share": 0.0},
        "unmapped": {"lines": 42, "gross_amount": "1655833.33", "share": 0.25},
        "not-coded": {"lines": 0, "gross_amount": "0.00", "share": 0.0},
    },
    "items": [_CODES_EXAMPLE],
}
_CONTENT = {
    "application/json": {"example": _EXAMPLE},
    CSV_TYPE: {"schema": {"type": "string"}},
}


def unmapped_routes(door: Door) -> APIRouter:
    """The codes that wait for a line of their buyer's map."""
    router = APIRouter(tags=["spend"], dependencies=[Depends(check_parameters)])
    reader = door.allow("payments:read")

    @router.get(
        "/v1/programmes/unmapped",
        summary="A buyer's codes that no line of its map names, the most pounds first",
        response_model=UnmappedAnswer,
        responses=problems(422) | {200: {"content": _CONTENT}},
    )
    async def unmapped(
        caller: Annotated[Caller, Depends(reader)],
        buyer: Annotated[str, Query(examples=["GB-NHS-QWO"])],
        financial_year: FinancialYears = [],  # noqa: B006 - FastAPI copies it
        since: Annotated[
            date | None, Query(alias="from", description="First day of payment")
        ] = None,
        until: Annotated[date | None, Query(alias="to", description="Last day of payment")] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
        accept: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Response:
        """As `text/csv` it is a sheet to fill in, which `programmes load` of ingest takes back.

        Its first columns are a line of the map each, with the programme left blank.
        """
        async with door.engine.connect() as connection:
            # One moment for all of it, whatever map is loaded meanwhile.
            await connection.execution_options(isolation_level="REPEATABLE READ")
            question = Question(
                buyers=choose([buyer], await known_buyers(connection), "buyer"),
                programme_states=STATES,
                spans=days(since, until, split(financial_year)),
            )
            states = await read_states(connection, question)
            rows = await read_unmapped(connection, question, limit)
            officer = caller.may_see_personal(buyer)
            met = await read_met(connection, rows, question, officer=officer)
        whole = sum(sums.gross_pence for sums in states.values())
        items = [_shown(row, met[row["coding_id"]], whole) for row in rows]
        if accepted(accept, (JSON_TYPE, CSV_TYPE)) == CSV_TYPE:
            return Response(write_unmapped(items), media_type=CSV_TYPE)
        told = {state: _state(states.get(state, StateSums(0, 0)), whole) for state in STATES}
        return answer({"buyer": buyer, "states": told, "items": items})

    return router


def _state(sums: StateSums, whole: int) -> dict[str, Any]:
    return {
        "lines": sums.lines,
        "gross_amount": format_pounds(sums.gross_pence),
        "share": share(sums.gross_pence, whole),
    }


def _shown(row: Any, met: Any, whole: int) -> dict[str, Any]:
    return {
        **{name: row[name] or None for name in ("unit", "expense_type", "ledger_programme")},
        "programme_state": row["state"],
        "gross_amount": format_pounds(int(row["gross_pence"])),
        "amount": format_pounds(int(row["pence"])),
        "lines": int(row["lines"]),
        "share": share(int(row["gross_pence"]), whole),
        "first_day": met["first_day"],
        "last_day": met["last_day"],
        "purposes": met["purposes"] or [],
    }
