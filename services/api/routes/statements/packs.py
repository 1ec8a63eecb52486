"""GET /v1/packs: what is laid before a board, as one zip."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from services.api.queries.moment import as_one
from services.api.reports.pack_doors import AskedPack
from services.api.reports.read_pack import read_pack
from services.api.reports.read_statement import AskedStatement, year_named
from services.api.routes.as_known_at import AsKnownAt
from services.api.routes.commitments.commitments import AllocationGrowth, NetUplift
from services.api.routes.door import Door, problems
from services.api.routes.predecessors import WithPredecessors
from services.api.routes.statements.statements import Definition, Unsettled
from services.api.statements.packs import PACKS, pack_named
from shared.door.parameters import check_parameters
from shared.lists.tags import HEADERS, IfNoneMatch, has_it
from shared.lists.wish import NOT_MODIFIED

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
        | NOT_MODIFIED
        | {200: {"content": {ZIP_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
        description=f"One of {', '.join(PACKS)}: the statement as a page, as Markdown and as JSON, "
        "its tables as CSV and its charts as SVG; as the pack has them, the commitments and the "
        "benchmarks of the year, as their doors give them; in one zip. `contents.csv` names the "
        "doors, and why a part is left out. The same facts on the same day are the same bytes.",
    )
    async def pack(
        name: str,
        financial_year: str,
        buyer: Annotated[str, Query(examples=["GB-NHS-QWO"])],
        definition: Definition = None,
        allocation_growth: AllocationGrowth = None,
        net_uplift: NetUplift = None,
        as_known_at: AsKnownAt = None,
        if_none_match: IfNoneMatch = None,
        *,
        unsettled: Unsettled = True,
        with_predecessors: WithPredecessors = False,
    ) -> Response:
        found = pack_named(name)
        year_named(financial_year, -1)
        asked = AskedStatement(
            *(buyer, financial_year, found.part, definition, unsettled, with_predecessors),
            as_known_at,
        )
        async with door.reports, as_one(door.engine) as connection:
            read = await read_pack(
                connection, AskedPack(found, asked, allocation_growth, net_uplift), door.today()
            )
        headers = HEADERS | {"etag": read.tag}
        if has_it(if_none_match, read.tag):
            return Response(status_code=304, headers=headers)
        file = f"{name}-{financial_year}.zip"
        return StreamingResponse(
            read.zipped(),
            media_type=ZIP_TYPE,
            headers=headers | {"content-disposition": f'attachment; filename="{file}"'},
        )

    return router
