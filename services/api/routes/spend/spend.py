"""GET /v1/spend: the question that a commissioner could not answer."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import Field

from services.api.agreements.agreed import KINDS, RECURRENCES, ROUTES
from services.api.known_at import check_known_by, end_of
from services.api.programme import STATES
from services.api.queries.known import known_before
from services.api.queries.known_kinds import choose_kinds
from services.api.queries.known_programmes import choose_budget_heads, choose_programmes
from services.api.queries.recorded import first_recorded
from services.api.queries.spend import known_definitions, read_spend
from services.api.queries.suppliers import suppliers_of
from services.api.question import GROUPS, Question, amounts_between, choose, days, split
from services.api.routes.door import Door, answer, problems
from services.api.routes.figures import EXAMPLE, Figures, add_up, figures, grouped
from services.api.routes.predecessors import (
    PREDECESSOR_EXAMPLE,
    PredecessorAnswer,
    WithPredecessors,
    ask_of,
)
from services.api.routes.spend.spend_sheet import write_spend
from shared.accepted import CSV_TYPE, JSON_TYPE, accepted
from shared.errors import Rejected
from shared.parameters import check_parameters

_MOST_ROWS = 20_000

_AS_PRINTED = "As the ledger prints it; empty: it prints none"
_IF_KNOWN = "Of the organisation; empty: not known"
_OF_PAYMENTS = "In pounds, of each payment as posted, a credit being negative; it counts itself"

AsKnownAt = Annotated[
    date | None,
    Query(description="By what was recorded by the end of this day, in the United Kingdom"),
]
Several = Annotated[list[str], Query()]


class SpendRow(Figures):
    """The figures of one combination of groups; only the groups that were asked for are there."""

    buyer: str | None = None
    place: str | None = Field(None, description="null: not coded")
    programme: str | None = Field(
        None, description="By the buyer's own map of its codes, else the ledger's own word"
    )
    programme_state: Literal["mapped", "as-coded", "unmapped", "not-coded"] | None = Field(
        None,
        description="Beside programme: as-coded where no line of the map names the ledger's own "
        "word; unmapped: it bears codes that no line names; not-coded: it bears none",
    )
    budget_head: str | None = Field(
        None, description="By the buyer's own map of its codes; null: no line of it names one"
    )
    ledger_programme: str | None = Field(
        None, description="As the ledger prints it; null: it prints none"
    )
    unit: str | None = Field(None, description="As the ledger prints it; null: it prints none")
    expense_type: str | None = Field(
        None, description="As the ledger prints it; null: it prints none"
    )
    financial_year: str | None = None
    quarter: str | None = Field(
        None, description="Of the financial year: `2024-25 Q1` is April to June 2024"
    )
    month: str | None = None
    organisation: str | None = Field(
        None, description="null: matched with none, or known to a register by name only"
    )
    organisation_name: str | None = None
    legal_form: str | None = Field(None, description="Of the organisation; null: not known")
    income_band: str | None = Field(None, description="Of the organisation; null: not known")
    reach: str | None = Field(None, description="Of the organisation; null: not known")
    tier: str | None = Field(None, description="Of the match; null: not classified yet")
    route: str | None = Field(
        None,
        description="By the agreements in force with the payee in the month: `several` where they "
        "differ, `no-agreement` where none is",
    )
    agreement_kind: str | None = Field(None, description="In the same way")
    recurrence: str | None = Field(None, description="Of the agreements' lines, in the same way")


class SpendAnswer(Figures):
    """The figures of everything that was asked for, and its rows in the order of their groups."""

    group_by: list[str]
    as_known_at: date | None = Field(description="null: by all that is known")
    predecessors: list[PredecessorAnswer]
    rows: list[SpendRow]


_EXAMPLE = EXAMPLE | {
    "group_by": ["buyer", "financial_year"],
    "as_known_at": None,
    "predecessors": [PREDECESSOR_EXAMPLE],
    "rows": [{"buyer": "GB-NHS-QWO", "financial_year": "2024-25"} | EXAMPLE],
}


def spend_routes(door: Door) -> APIRouter:
    """Spend, cut and counted."""
    router = APIRouter(
        tags=["spend"],
        dependencies=[
            Depends(door.allow("spend:read")),
            Depends(check_parameters),
        ],
    )

    @router.get(
        "/v1/spend",
        summary="What is spent, by any cut, under each definition",
        response_model=SpendAnswer,
        responses=problems(422)
        | {
            200: {
                "content": {
                    JSON_TYPE: {"example": _EXAMPLE},
                    CSV_TYPE: {"schema": {"type": "string"}},
                }
            }
        },
    )
    async def spend(
        group_by: Annotated[
            list[str],
            Query(
                description=f"Any of {', '.join(GROUPS)}; repeated or as a comma list; order kept",
                examples=["buyer,financial_year"],
            ),
        ] = [],  # noqa: B006 - FastAPI copies it
        definition: Annotated[
            list[str], Query(description="Side by side; every known one by default")
        ] = [],  # noqa: B006
        buyer: Several = [],  # noqa: B006
        place: Annotated[list[str], Query(description="Empty: not coded")] = [],  # noqa: B006
        programme: Annotated[
            list[str], Query(description="By the buyers' maps, in any spelling; empty: none")
        ] = [],  # noqa: B006
        programme_state: Annotated[
            list[str], Query(description=f"Any of {', '.join(STATES)}")
        ] = [],  # noqa: B006
        budget_head: Annotated[
            list[str], Query(description="By the buyers' maps, in any spelling; empty: none")
        ] = [],  # noqa: B006
        unit: Annotated[list[str], Query(description=_AS_PRINTED)] = [],  # noqa: B006
        expense_type: Annotated[list[str], Query(description=_AS_PRINTED)] = [],  # noqa: B006
        ledger_programme: Annotated[list[str], Query(description=_AS_PRINTED)] = [],  # noqa: B006
        organisation: Annotated[
            list[str], Query(description="By org-id: the suppliers that were matched with it")
        ] = [],  # noqa: B006
        legal_form: Annotated[list[str], Query(description=_IF_KNOWN)] = [],  # noqa: B006
        income_band: Annotated[list[str], Query(description=_IF_KNOWN)] = [],  # noqa: B006
        reach: Annotated[list[str], Query(description=_IF_KNOWN)] = [],  # noqa: B006
        tier: Annotated[
            list[str], Query(description="Of the match; empty: not classified yet")
        ] = [],  # noqa: B006
        route: Annotated[list[str], Query(description=f"Any of {', '.join(ROUTES)}")] = [],  # noqa: B006
        agreement_kind: Annotated[list[str], Query(description=f"Any of {', '.join(KINDS)}")] = [],  # noqa: B006
        recurrence: Annotated[
            list[str], Query(description=f"Any of {', '.join(RECURRENCES)}")
        ] = [],  # noqa: B006
        financial_year: Annotated[list[str], Query(examples=["2024-25"])] = [],  # noqa: B006
        quarter: Annotated[list[str], Query(examples=["2024-25 Q1"])] = [],  # noqa: B006
        month: Annotated[list[str], Query(examples=["2024-04"])] = [],  # noqa: B006
        min_amount: Annotated[
            str | None, Query(description=_OF_PAYMENTS, examples=["500.00"])
        ] = None,
        max_amount: Annotated[str | None, Query(description=_OF_PAYMENTS)] = None,
        since: Annotated[
            date | None, Query(alias="from", description="First day of payment")
        ] = None,
        until: Annotated[date | None, Query(alias="to", description="Last day of payment")] = None,
        *,
        with_predecessors: WithPredecessors = False,
        as_known_at: AsKnownAt = None,
        accept: Annotated[str, Header(include_in_schema=False)] = JSON_TYPE,
    ) -> Response:
        """Net pounds and lines with their coverage, whole and by group.

        A payment counts under a definition if its supplier was a member on the day of payment, and
        is of the programme and budget head that its codes were on that day, by the map as it
        stands now. Route,
        kind and recurrence are those of the agreements in force in the month between the buyer and
        the payee, or another payee that is the same organisation.
        Amounts are net; shares of coverage are of gross pounds. With `as_known_at` payments,
        suppliers and maps are those recorded by the end of that day; agreements are those of today.
        As JSON, or as one table (`Accept: text/csv`).
        """
        async with door.engine.connect() as connection:
            known = await known_definitions(connection)
            asked = await ask_of(connection, split(buyer), with_predecessors=with_predecessors)
            before = end_of(as_known_at, door.today(), "as_known_at")
            then = await known_before(connection, before, asked.buyers)
            question = Question(
                group_by=choose(split(group_by), GROUPS, "group_by"),
                definitions=choose(split(definition), known, "definition") or tuple(known),
                buyers=asked.buyers,
                places=tuple(place),
                programmes=await choose_programmes(connection, programme, then),
                programme_states=choose(split(programme_state), STATES, "programme_state"),
                budget_heads=await choose_budget_heads(connection, budget_head, then),
                units=tuple(unit),
                expense_types=tuple(expense_type),
                ledger_programmes=tuple(ledger_programme),
                suppliers=await suppliers_of(connection, split(organisation), then),
                kinds=await choose_kinds(
                    connection,
                    {
                        "legal_form": legal_form,
                        "income_band": income_band,
                        "reach": reach,
                        "tier": tier,
                        "route": route,
                        "agreement_kind": agreement_kind,
                        "recurrence": recurrence,
                    },
                ),
                amounts=amounts_between(min_amount, max_amount),
                spans=days(since, until, split(financial_year), split(quarter), split(month)),
            )
            rows = await read_spend(connection, question, then, limit=_MOST_ROWS + 1)
            if before and not any(row.lines for row in rows):
                first = await first_recorded(connection, question.buyers)
                check_known_by(before, first, "as_known_at")
        if len(rows) > _MOST_ROWS:
            raise Rejected(
                f"the answer has more than {_MOST_ROWS} rows: filter it or cut it less", "group_by"
            )
        total = add_up(rows, question.definitions)
        content: dict[str, Any] = {"group_by": question.group_by} | figures(total, question)
        content["as_known_at"] = as_known_at
        content["predecessors"] = asked.predecessors
        content["rows"] = [grouped(row, question) for row in rows] if question.group_by else []
        if accepted(accept, (JSON_TYPE, CSV_TYPE)) == CSV_TYPE:
            return Response(
                write_spend(content),
                media_type=CSV_TYPE,
                headers={"content-disposition": 'attachment; filename="spend.csv"'},
            )
        return answer(content)

    return router
