"""GET /v1/benchmarks: buyers and Places side by side."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Response

from services.api.asked.question import split
from services.api.queries.moment import as_one
from services.api.reports.answer_benchmarks import AskedBenchmarks, answer_benchmarks
from services.api.reports.benchmarks_sheet import write_benchmarks
from services.api.routes.as_known_at import AsKnownAt
from services.api.routes.asked_filters import Buyers
from services.api.routes.benchmarks.benchmark_answer import BENCHMARKS_EXAMPLE, BenchmarksAnswer
from services.api.routes.door import Door, answer_anew, problems
from shared.door.accepted import CSV_TYPE, JSON_TYPE, accepted
from shared.door.parameters import check_parameters
from shared.lists.tags import IfNoneMatch, answer_unless_had
from shared.lists.wish import NOT_MODIFIED


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
        | NOT_MODIFIED
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
        buyer: Buyers = [],  # noqa: B006
        by: Annotated[list[Literal["buyer", "place"]], Query(description="Both by default")] = [],  # noqa: B006
        as_known_at: AsKnownAt = None,
        accept: Annotated[str, Header(include_in_schema=False)] = JSON_TYPE,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """A year of each, up to today: pounds, per head, by programme, what counts under the
        definition and how sure that is, where it goes, how concentrated it is, and for how long
        agreements run.

        A payment is of the Place that the ledger names, else of its buyer's. What can't be told is
        null and says why: it is not nought. Agreements are as they are known now. As JSON, or as
        one table (`Accept: text/csv`).
        """
        asked = AskedBenchmarks(year, definition, split(buyer), by, as_known_at)
        async with as_one(door.engine) as connection:
            content = await answer_benchmarks(connection, asked, door.today())
        if accepted(accept, (JSON_TYPE, CSV_TYPE)) == CSV_TYPE:
            headers = {"content-disposition": f'attachment; filename="benchmarks-{year}.csv"'}
            return answer_unless_had(if_none_match, write_benchmarks(content), CSV_TYPE, headers)
        return answer_anew(content, if_none_match)

    return router
