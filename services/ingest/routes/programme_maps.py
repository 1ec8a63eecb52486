"""`GET /v1/programmes`: a buyer's map of its own codes, and its versions."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.buyers.buyer import find_buyer
from services.ingest.programmes.map_sheet import write_map
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.programme_maps import find_map, list_versions
from services.ingest.routes.programme_answer import PROBLEMS, LineShown, check_speaks, shown_lines
from shared.access import Allow, Caller
from shared.door.accepted import CSV_TYPE, JSON_TYPE, accepted
from shared.door.parameters import check_parameters
from shared.errors import NotKnown
from shared.fields import LARGEST


class MapShown(BaseModel):
    """A version of a buyer's map; version 0 is the empty one before any was loaded."""

    model_config = ConfigDict(frozen=True)

    buyer: str
    version: int
    loaded_at: datetime | None
    who: str | None
    came_from: str | None = Field(examples=["codes 2024-25.xlsx", "version 3 again"])
    lines: list[LineShown]


class VersionShown(BaseModel):
    """A version of a map: who loaded what."""

    model_config = ConfigDict(frozen=True)

    version: int
    loaded_at: datetime
    who: str
    came_from: str
    lines: int
    added: int
    changed: int
    removed: int


def programme_maps_routes(engine: AsyncEngine, may_write: Allow) -> APIRouter:
    """The doors for who looks at a buyer's map of codes."""
    router = APIRouter(tags=["programmes"], dependencies=[Depends(check_parameters)])

    @router.get(
        "/v1/programmes",
        summary="A buyer's map of codes",
        response_model=MapShown,
        responses={
            **{status: PROBLEMS[status] for status in (403, 404, 422)},
            200: {"content": {CSV_TYPE: {"schema": {"type": "string"}}}},
        },
    )
    async def get_map(
        caller: Annotated[Caller, Depends(may_write)],
        buyer: Annotated[str, Query(examples=["GB-NHS-QWO"])],
        version: Annotated[
            int | None, Query(ge=0, le=LARGEST, description="The newest by default")
        ] = None,
        accept: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Any:
        """As `text/csv` it is a sheet that can be changed and loaded back."""
        check_speaks(caller, buyer)
        async with engine.connect() as connection:
            await _check_known(connection, buyer)
            kept = await find_map(connection, buyer, version)
        if kept is None:
            raise NotKnown(f"the map of {buyer} has no version {version}")
        if accepted(accept, (JSON_TYPE, CSV_TYPE)) == CSV_TYPE:
            return Response(write_map(kept.lines), media_type=CSV_TYPE)
        return MapShown(buyer=buyer, **kept._asdict() | {"lines": shown_lines(kept.lines)})

    @router.get(
        "/v1/programmes/versions",
        summary="Who loaded what of a buyer's map",
        responses={status: PROBLEMS[status] for status in (403, 422)},
    )
    async def get_versions(
        caller: Annotated[Caller, Depends(may_write)], buyer: str
    ) -> list[VersionShown]:
        """The newest first."""
        check_speaks(caller, buyer)
        async with engine.connect() as connection:
            await _check_known(connection, buyer)
            rows = await list_versions(connection, buyer)
        return [VersionShown.model_validate(row) for row in rows]

    return router


async def _check_known(connection: AsyncConnection, buyer: str) -> None:
    find_buyer(await find_buyers(connection), buyer)
