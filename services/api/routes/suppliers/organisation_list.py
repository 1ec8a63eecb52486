"""GET /v1/organisations: who gets the money."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import Question, choose, days, split
from services.api.lists.organisation_name import search_words
from services.api.queries.buyers import known_buyers
from services.api.queries.largest import ORDERS, BySize, Ranking
from services.api.queries.ranked_page import read_organisations
from services.api.queries.spend import known_definitions
from services.api.queries.spend_page import read_every_row
from services.api.queries.suppliers import suppliers_named
from services.api.routes.asked_filters import Buyers, FinancialYears
from services.api.routes.door import Door, problems
from services.api.routes.figures import (
    EXAMPLE,
    ORGANISATION_EXAMPLE,
    Figures,
    OrganisationFigures,
    with_definitions,
)
from services.api.spend.show_figures import figures, grouped
from shared.access import Caller
from shared.door.parameters import check_parameters
from shared.lists.columns import Columns, by_column
from shared.lists.fields import Fields
from shared.lists.media_types import OTHER_FORMS
from shared.lists.whole_list import join_freely
from shared.lists.wish import NOT_MODIFIED, answer_page, read_wish


class OrganisationPage(Figures):
    """Organisations, and the figures of all spend that they are part of."""

    largest_under: str | None = Field(
        description="The definition that an organisation must count under, and is ranked by"
    )
    items: list[OrganisationFigures]
    next: str | None = Field(description="The cursor of the page after it, null on the last")


_EXAMPLE = EXAMPLE | {
    "largest_under": "registered-charity",
    "items": [ORGANISATION_EXAMPLE],
    "next": "AxT3",
}


def organisation_list_routes(door: Door) -> APIRouter:
    """Lists of organisations."""
    router = APIRouter(tags=["organisations"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/organisations",
        summary="The organisations that are paid, the largest first, and search by name",
        response_model=OrganisationPage,
        responses=problems(422)
        | NOT_MODIFIED
        | {200: {"content": OTHER_FORMS | {"application/json": {"example": _EXAMPLE}}}},
    )
    async def organisations(
        request: Request,
        caller: Annotated[Caller, Depends(door.allow("spend:read"))],
        name: Annotated[
            str | None,
            Query(
                max_length=200,
                description="Only those of which the register's name or the ledger's bears words"
                " that begin with all of these; the figures of the answer are of those alone",
                examples=["st gemma"],
            ),
        ] = None,
        definition: Annotated[
            str | None,
            Query(description="Only what counts under it, and by that; else by all that is paid"),
        ] = None,
        buyer: Buyers = [],  # noqa: B006 - FastAPI copies it
        financial_year: FinancialYears = [],  # noqa: B006
        sort: Annotated[str, Query(description=f"`-` falling: {', '.join(ORDERS)}")] = "-amount",
        fields: Fields = [],  # noqa: B006
        limit: Annotated[int, Query(ge=1, le=500)] = 20,
        cursor: Annotated[
            str | None, Query(description="`next` of the answer before, same filters")
        ] = None,
    ) -> Response:
        """Suppliers that are one organisation are added up. Those that match none are not listed:
        the figures of the whole answer, with their coverage, say how much that leaves out. Names
        that may be persons' are neither listed nor searched.

        One that gets another payment while pages are read may be met twice or not. The whole list
        at once as `text/csv`, `application/x-ndjson` or Parquet, by Accept, has a column for each
        figure under each definition.
        """
        wish = read_wish(request, OrganisationFigures, fields)
        ranking = Ranking(definition, *choose([sort], ORDERS, "sort"))
        asked: list[Any] = ["organisations", name, *ranking, *buyer, "in", *financial_year]
        words = None if name is None else search_words(name)

        async def question(connection: AsyncConnection, known: Sequence[str]) -> Question:
            choose([definition] if definition else [], known, "definition")
            return Question(
                group_by=("organisation",),
                definitions=tuple(known),
                buyers=choose(split(buyer), await known_buyers(connection), "buyer"),
                suppliers=None if words is None else await suppliers_named(connection, words),
                spans=days(None, None, split(financial_year)),
            )

        if wish.whole:
            async with door.engine.connect() as connection:
                known = await known_definitions(connection)

            async def every(connection: AsyncConnection) -> AsyncIterator[Columns]:
                listed = await question(connection, known)
                await join_freely(connection)
                order = BySize(listed, ranking)
                async for rows in read_every_row(connection, listed, order):
                    yield by_column([grouped(row, listed) for row in rows], wish.names)

            wish = replace(wish, model=with_definitions(OrganisationFigures, known))
            return await door.whole_lists.send(wish, "organisations", asked, caller, every)
        after = None if cursor is None else door.cursors.read(asked, cursor, ranking.place)
        async with door.engine.connect() as connection:
            known = await known_definitions(connection)
            listed = await question(connection, known)
            page = await read_organisations(
                connection, listed, ranking, after=after, limit=limit + 1
            )
        last = list(page.rows[limit - 1][0]) if len(page.rows) > limit else None
        return answer_page(
            wish,
            figures(page.whole, listed)
            | {
                "largest_under": definition,
                "items": [grouped(row, listed) for _, row in page.rows[:limit]],
                "next": last and door.cursors.write(asked, last),
            },
        )

    return router
