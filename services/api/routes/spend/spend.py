"""GET /v1/spend: the question that a commissioner could not answer."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.agreements.agreed import KINDS, RECURRENCES, ROUTES
from services.api.asked.known_at import check_known_by, end_of
from services.api.asked.question import GROUPS, Question, amounts_between, choose, days, split
from services.api.queries.group_order import ByGroups, read_place
from services.api.queries.known import Known, known_before
from services.api.queries.known_kinds import choose_kinds
from services.api.queries.known_programmes import choose_budget_heads, choose_programmes
from services.api.queries.paid_parties import are_parties_kept
from services.api.queries.recorded import first_recorded
from services.api.queries.spend import known_definitions
from services.api.queries.spend_page import read_every_row, read_page
from services.api.queries.suppliers import suppliers_of
from services.api.routes.as_known_at import AsKnownAt
from services.api.routes.asked_filters import AsPrinted, Buyers, ByMaps, FinancialYears, IfKnown
from services.api.routes.door import Door, problems
from services.api.routes.predecessors import WithPredecessors, ask_of
from services.api.routes.spend.spend_answer import (
    SPEND_EXAMPLE,
    SpendAnswer,
    SpendRow,
    row_of_file,
    wish_of_rows,
)
from services.api.spend.programme import STATES
from services.api.spend.show_figures import figures, grouped
from shared.access import Caller
from shared.door.accepted import JSON_TYPE
from shared.door.parameters import check_parameters
from shared.lists.columns import Columns, by_column
from shared.lists.fields import Fields
from shared.lists.media_types import OTHER_FORMS
from shared.lists.whole_list import join_freely
from shared.lists.wish import NOT_MODIFIED, Wish, answer_page, read_wish

_ROWS, _MOST_ROWS = 1_000, 5_000

_OF_PAYMENTS = "In pounds, of each payment as posted, a credit being negative; it counts itself"


def spend_routes(door: Door) -> APIRouter:
    """Spend, cut and counted."""
    router = APIRouter(
        tags=["spend"],
        dependencies=[Depends(check_parameters)],
    )

    @router.get(
        "/v1/spend",
        summary="What is spent, by any cut, under each definition",
        response_model=SpendAnswer,
        responses=problems(422)
        | NOT_MODIFIED
        | {200: {"content": OTHER_FORMS | {JSON_TYPE: {"example": SPEND_EXAMPLE}}}},
    )
    async def spend(
        request: Request,
        caller: Annotated[Caller, Depends(door.allow("spend:read"))],
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
        buyer: Buyers = [],  # noqa: B006
        place: Annotated[list[str], Query(description="Empty: not coded")] = [],  # noqa: B006
        programme: ByMaps = [],  # noqa: B006
        programme_state: Annotated[
            list[str], Query(description=f"Any of {', '.join(STATES)}")
        ] = [],  # noqa: B006
        budget_head: ByMaps = [],  # noqa: B006
        unit: AsPrinted = [],  # noqa: B006
        expense_type: AsPrinted = [],  # noqa: B006
        ledger_programme: AsPrinted = [],  # noqa: B006
        organisation: Annotated[
            list[str], Query(description="By org-id: the suppliers that were matched with it")
        ] = [],  # noqa: B006
        legal_form: IfKnown = [],  # noqa: B006
        income_band: IfKnown = [],  # noqa: B006
        reach: IfKnown = [],  # noqa: B006
        tier: Annotated[
            list[str], Query(description="Of the match; empty: not classified yet")
        ] = [],  # noqa: B006
        route: Annotated[list[str], Query(description=f"Any of {', '.join(ROUTES)}")] = [],  # noqa: B006
        agreement_kind: Annotated[list[str], Query(description=f"Any of {', '.join(KINDS)}")] = [],  # noqa: B006
        recurrence: Annotated[
            list[str], Query(description=f"Any of {', '.join(RECURRENCES)}")
        ] = [],  # noqa: B006
        financial_year: FinancialYears = [],  # noqa: B006
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
        fields: Fields = [],  # noqa: B006
        limit: Annotated[int, Query(ge=1, le=_MOST_ROWS, description="Rows of a page")] = _ROWS,
        cursor: Annotated[
            str | None, Query(description="`next` of the answer before, same filters")
        ] = None,
    ) -> Response:
        """Net pounds and lines with their coverage, whole and by group.

        A payment counts under a definition if its supplier was a member on the day of payment, and
        is of the programme and budget head that its codes were on that day, by the map as it
        stands now. Route,
        kind and recurrence are those of the agreements in force in the month between the buyer and
        the payee, or another payee that is the same organisation.
        Amounts are net; shares of coverage are of gross pounds. With `as_known_at` payments,
        suppliers and maps are those recorded by the end of that day; agreements are those of today.
        The figures of the answer are of all its rows, whichever page of them it has. All rows at
        once as `text/csv`, `application/x-ndjson` or Parquet, by Accept, have a column for each
        figure under each definition.
        """
        wish = read_wish(request, SpendRow, fields)
        said = request.query_params.multi_items()
        of = ["spend", *sorted(each for each in said if each[0] not in {"limit", "cursor"})]
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
            wish = wish_of_rows(wish, question)
            if not wish.whole:
                read = read_place(question)
                after = None if cursor is None else door.cursors.read(of, cursor, read)
                page = await read_page(
                    connection,
                    question,
                    ByGroups(question),
                    then,
                    after=after,
                    limit=limit + 1,
                    by_parties=await are_parties_kept(connection, question, then),
                )
                if not page.whole.lines:
                    await _check_known(connection, question, then)
        if wish.whole:
            return await _file(door, wish, of, caller, question, then)
        last = list(page.rows[limit - 1][0]) if len(page.rows) > limit else None
        content: dict[str, Any] = {"group_by": question.group_by} | figures(page.whole, question)
        content["as_known_at"] = as_known_at
        content["predecessors"] = asked.predecessors
        content["rows"] = [grouped(row, question) for _, row in page.rows[:limit]]
        content["next"] = last and door.cursors.write(of, last)
        return answer_page(wish, content, "rows")

    return router


async def _file(
    door: Door,
    wish: Wish,
    of: Sequence[Any],
    caller: Caller,
    question: Question,
    then: Known,
) -> Response:
    """All rows; without groups the whole, as the only one."""

    async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
        await _check_known(connection, question, then)
        await join_freely(connection)
        async for rows in read_every_row(connection, question, ByGroups(question), then):
            yield by_column([grouped(row, question) for row in rows], wish.names)

    wish = replace(wish, model=row_of_file(question))
    return await door.whole_lists.send(wish, "spend", of, caller, every)


async def _check_known(connection: AsyncConnection, question: Question, then: Known) -> None:
    """Rejected: nothing had been recorded then."""
    if then.before is not None:
        first = await first_recorded(connection, question.buyers)
        check_known_by(then.before, first, "as_known_at")
