"""GET /v1/benchmarks: buyers and Places side by side."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response

from services.api.kept.populations import read_areas
from services.api.known_at import check_known_by, end_of
from services.api.periods import Span, financial_year
from services.api.queries.benchmarks import By, read_compared
from services.api.queries.buyers import known_buyers
from services.api.queries.chosen_definition import choose_definition
from services.api.queries.held_agreements import read_held
from services.api.queries.known import known_before
from services.api.queries.moment import as_one
from services.api.queries.recorded import first_recorded
from services.api.question import Question, choose, split
from services.api.routes.benchmarks.benchmark_answer import BENCHMARKS_EXAMPLE, BenchmarksAnswer
from services.api.routes.benchmarks.benchmarks_sheet import write_benchmarks
from services.api.routes.benchmarks.show_benchmarks import Year, cover_all, show_compared
from services.api.routes.door import Door, answer, problems
from services.api.routes.spend.spend import AsKnownAt
from shared.accepted import CSV_TYPE, JSON_TYPE, accepted
from shared.errors import Rejected
from shared.parameters import check_parameters

_BY: tuple[By, ...] = ("buyer", "place")


def benchmark_routes(door: Door) -> APIRouter:
    """Benchmarks."""
    router = APIRouter(
        tags=["benchmarks"],
        dependencies=[Depends(door.allow("spend:read")), Depends(check_parameters)],
    )

    @router.get(
        "/v1/benchmarks",
        summary="Buyers and Places side by side",
        response_model=BenchmarksAnswer,
        responses=problems(422)
        | {
            200: {
                "content": {
                    JSON_TYPE: {"example": BENCHMARKS_EXAMPLE},
                    CSV_TYPE: {"schema": {"type": "string"}},
                }
            }
        },
    )
    async def benchmarks(
        year: Annotated[str, Query(alias="financial_year", examples=["2024-25"])],
        definition: Annotated[
            str | None,
            Query(description="What counts; community-interest by default, where it is known"),
        ] = None,
        buyer: Annotated[list[str], Query(description="Only these")] = [],  # noqa: B006
        by: Annotated[list[Literal["buyer", "place"]], Query(description="Both by default")] = [],  # noqa: B006
        as_known_at: AsKnownAt = None,
        accept: Annotated[str, Header(include_in_schema=False)] = JSON_TYPE,
    ) -> Response:
        """A year of each, up to today: pounds, per head, by programme, what counts under the
        definition and how sure that is, where it goes, how concentrated it is, and for how long
        agreements run.

        A payment is of the Place that the ledger names, else of its buyer's. What can't be told is
        null and says why: it is not nought. Agreements are as they are known now. As JSON, or as
        one table (`Accept: text/csv`).
        """
        days = financial_year(year)
        today = door.today()
        if days.since > today:
            raise Rejected(f"{year} has not begun", "financial_year")
        until = min(days.until, today)
        before = end_of(as_known_at, today, "as_known_at")
        async with as_one(door.engine) as connection:
            known = await known_buyers(connection)
            chosen = await choose_definition(connection, definition)
            # All of them by name: an index then finds the months.
            buyers = choose(split(buyer), known, "buyer") or tuple(known)
            question = Question(
                group_by=("programme",),
                definitions=() if chosen is None else (chosen,),
                buyers=buyers,
                spans=(Span(days.since, until),),
            )
            kinds = tuple(dict.fromkeys(by)) or _BY
            found = {}
            if buyers:
                of_then = await known_before(connection, before, buyers)
                found = await read_compared(connection, question, kinds, of_then)
            if before and not any(found.values()):
                check_known_by(before, await first_recorded(connection, buyers), "as_known_at")
            compared = Year(
                question,
                until,
                days.since.year,
                await read_areas(connection),
                await read_held(connection, buyers, until, chosen),
            )
        shown = {
            kind: show_compared(compared, kind, found.get(kind, [])) if kind in kinds else []
            for kind in _BY
        }
        content: dict[str, Any] = {
            "financial_year": year,
            "until": until,
            "definition": chosen,
            "coverage": cover_all(next(iter(found.values()), [])),
            "buyers": shown["buyer"],
            "places": shown["place"],
        }
        if accepted(accept, (JSON_TYPE, CSV_TYPE)) == CSV_TYPE:
            return Response(
                write_benchmarks(content),
                media_type=CSV_TYPE,
                headers={"content-disposition": f'attachment; filename="benchmarks-{year}.csv"'},
            )
        return answer(content)

    return router
