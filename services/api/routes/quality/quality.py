"""GET /v1/quality: what of a buyer's payments is missing, late or odd, and where the rows are."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Response

from services.api.quality.asked import asked_months
from services.api.quality.report import find
from services.api.queries.moment import as_one
from services.api.queries.quality_ledger import read_ledger
from services.api.queries.quality_suppliers import read_names
from services.api.routes.door import Door, answer_anew, problems
from services.api.routes.predecessors import WithPredecessors, ask_of
from services.api.routes.quality.quality_answer import EXAMPLE, QualityAnswer
from services.api.routes.quality.quality_sheet import write_quality
from services.api.routes.quality.show_quality import MOST_SUPPLIERS, Shown
from shared.access import Caller
from shared.door.accepted import CSV_TYPE, JSON_TYPE, accepted
from shared.door.parameters import check_parameters
from shared.lists.tags import IfNoneMatch, answer_unless_had
from shared.lists.wish import NOT_MODIFIED

Form = Annotated[str, Header(alias="accept", include_in_schema=False)]


def quality_routes(door: Door) -> APIRouter:
    """Quality reports."""
    router = APIRouter(tags=["quality"])
    reader = door.allow("payments:read")

    @router.get(
        "/v1/quality",
        summary="The quality report of a buyer's payments",
        response_model=QualityAnswer,
        responses=problems(422)
        | NOT_MODIFIED
        | {
            200: {
                "content": {
                    JSON_TYPE: {"example": EXAMPLE},
                    CSV_TYPE: {"schema": {"type": "string"}},
                }
            }
        },
        dependencies=[Depends(check_parameters)],
    )
    async def quality(
        caller: Annotated[Caller, Depends(reader)],
        buyer: Annotated[str, Query(examples=["GB-NHS-QWO"])],
        first: Annotated[
            str | None, Query(alias="from", description="First month", examples=["2024-04"])
        ] = None,
        last: Annotated[
            str | None, Query(alias="to", description="Last month", examples=["2025-03"])
        ] = None,
        financial_year: Annotated[str | None, Query(examples=["2024-25"])] = None,
        as_of: Annotated[
            date | None,
            Query(
                ge=date(1990, 1, 1),
                le=date(2100, 12, 31),
                description="The day on which it is asked what is overdue; today by default",
            ),
        ] = None,
        by: Annotated[
            Literal["financial_year", "month"], Query(description="Of which periods")
        ] = "financial_year",
        limit: Annotated[
            int, Query(ge=1, le=1000, description="How many findings of each rule are shown")
        ] = 20,
        accept: Form = JSON_TYPE,
        if_none_match: IfNoneMatch = None,
        *,
        with_predecessors: WithPredecessors = False,
    ) -> Response:
        """Completeness of each field by year or month, and what each rule found, with its measure,
        its pounds and where its rows are listed. As JSON, or as one table (`Accept: text/csv`).

        Payments as they stand; those that were withdrawn do not count. With its predecessors a
        buyer's payments and theirs are judged as one ledger. What is usual is what is usual in the
        months that are asked of. A finding is to be looked at; it says nobody did wrong.
        """
        day = as_of or door.today()
        asked = asked_months(first, last, financial_year)
        async with door.reports, as_one(door.engine) as connection:
            of = await ask_of(connection, [buyer], with_predecessors=with_predecessors)
            ledger = await read_ledger(connection, buyer, of.buyers, asked, day)
            found = find(ledger, day)
            shown = (finding for each in found.values() for finding in each[:limit])
            suppliers = {each for one in shown for each in one.suppliers[:MOST_SUPPLIERS]}
            names = await read_names(connection, of.buyers, suppliers)
        shows = Shown(
            buyer,
            of.buyers,
            names,
            officer=all(caller.may_see_personal(each) for each in of.buyers),
            with_predecessors=with_predecessors,
        )
        report = shows.report(ledger, found, by_month=by == "month", limit=limit)
        report |= {"as_of": day, "predecessors": of.predecessors}
        if accepted(accept, (JSON_TYPE, CSV_TYPE)) == CSV_TYPE:
            headers = {"content-disposition": 'attachment; filename="quality.csv"'}
            return answer_unless_had(if_none_match, write_quality(report), CSV_TYPE, headers)
        return answer_anew(report, if_none_match)

    return router
