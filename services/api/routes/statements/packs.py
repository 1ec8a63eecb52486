"""GET /v1/packs: what is laid before a board, as one zip."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from services.api.queries.moment import as_one
from services.api.read_statement import AskedStatement, read_statement, year_named
from services.api.routes.door import Door, problems
from services.api.routes.predecessors import WithPredecessors
from services.api.routes.statements.statements import Definition, Unsettled
from services.api.statements.archive import archive
from services.api.statements.packs import PACKS, pack_named
from shared.parameters import check_parameters

ZIP_TYPE = "application/zip"


def pack_routes(door: Door) -> APIRouter:
    """Calendar packs."""
    router = APIRouter(
        tags=["statements"],
        dependencies=[Depends(door.allow("spend:read")), Depends(check_parameters)],
    )

    @router.get(
        "/v1/packs/{name}/{financial_year}",
        summary="A calendar pack",
        response_class=StreamingResponse,
        responses=problems(404, 422)
        | {200: {"content": {ZIP_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
        description=f"One of {', '.join(PACKS)}: the statement as a page, as Markdown and as JSON, "
        "its tables as CSV and its charts as SVG, in one zip. The same facts are the same bytes.",
    )
    async def pack(
        name: str,
        financial_year: str,
        buyer: Annotated[str, Query(examples=["GB-NHS-QWO"])],
        definition: Definition = None,
        *,
        unsettled: Unsettled = True,
        with_predecessors: WithPredecessors = False,
    ) -> StreamingResponse:
        found = pack_named(name)
        year_named(financial_year, -1)
        asked = AskedStatement(
            buyer, financial_year, found.part, definition, unsettled, with_predecessors
        )
        async with door.reports, as_one(door.engine) as connection:
            statement = await read_statement(connection, asked, door.today(), title=found.title)
        file = f"{name}-{financial_year}.zip"
        return StreamingResponse(
            archive(found.of(statement)),
            media_type=ZIP_TYPE,
            headers={"content-disposition": f'attachment; filename="{file}"'},
        )

    return router
