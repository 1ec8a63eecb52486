"""`/v1/programmes`: lines of a buyer's map of its own codes, changed and taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.programmes.load_programmes import load_programmes, restore_programmes
from services.ingest.programmes.programme_map import MapLine, check_line
from services.ingest.routes.programme_answer import PROBLEMS, LoadedShown, check_speaks, loaded
from services.ingest.routes.who import who_acts
from services.ingest.shapes.dates import read_day
from shared.access import Allow, Caller
from shared.door.parameters import check_parameters
from shared.errors import Rejected
from shared.fields import LARGEST, Line, OrgId

_MOST_LINES = 20_000


class LineGiven(BaseModel):
    """Payments that bear all the codes named are of the programme, and of the budget head where
    one is named, from `since` on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str | None = Field(default=None, examples=["31110 Community Services"])
    expense_type: str | None = None
    ledger_programme: str | None = Field(
        default=None, description="What the ledger's own programme column prints"
    )
    since: str | None = Field(
        default=None,
        pattern=r"^\d{4}-\d\d-\d\d$",
        description="null: whatever the day",
        examples=["2024-04-01"],
    )
    programme: str = Field(examples=["End of life"])
    budget_head: str | None = Field(default=None, examples=["Hospices"])


class MapGiven(BaseModel):
    """Lines of a buyer's map."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    buyer: OrgId = Field(examples=["GB-NHS-QWO"])
    lines: list[LineGiven] = Field(max_length=_MOST_LINES)
    version: int | None = Field(
        default=None,
        ge=0,
        le=LARGEST,
        description="The one that was looked at; 409 if it has another by now",
    )
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


class UndoGiven(BaseModel):
    """Which version was looked at, and which is to be the map again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    buyer: OrgId = Field(examples=["GB-NHS-QWO"])
    version: int = Field(
        ge=0,
        le=LARGEST,
        description="The one that was looked at; 409 if it has another by now",
        examples=[1],
    )
    to: int | None = Field(
        default=None, ge=0, le=LARGEST, description="null: the one before it; 0: the empty map"
    )
    who: Line | None = None


def programmes_routes(
    engine: AsyncEngine, may_write: Allow, clock: Callable[[], datetime], *, locked: bool
) -> APIRouter:
    """The doors by which a buyer's map of codes is changed."""
    router = APIRouter(tags=["programmes"], dependencies=[Depends(check_parameters)])

    async def load(given: MapGiven, caller: Caller, *, whole: bool) -> LoadedShown:
        check_speaks(caller, given.buyer)
        who = who_acts(caller, given.who, locked=locked)
        lines = [_checked(number, line) for number, line in enumerate(given.lines)]
        done = await load_programmes(
            *(engine, given.buyer, lines, who, "HTTP", clock()),
            whole=whole,
            looked_at=given.version,
        )
        return loaded(done)

    @router.put("/v1/programmes", summary="Replace a buyer's map of codes", responses=PROBLEMS)
    async def put_map(
        given: MapGiven, caller: Annotated[Caller, Depends(may_write)]
    ) -> LoadedShown:
        """The lines are the whole map. Sent again nothing changes."""
        return await load(given, caller, whole=True)

    @router.post("/v1/programmes", summary="Add lines to a buyer's map", responses=PROBLEMS)
    async def post_lines(
        given: MapGiven, caller: Annotated[Caller, Depends(may_write)]
    ) -> LoadedShown:
        """Lines of the same codes and day are replaced, the others stay."""
        return await load(given, caller, whole=False)

    @router.post("/v1/programmes/undo", summary="Take a load back", responses=PROBLEMS)
    async def post_undo(
        given: UndoGiven, caller: Annotated[Caller, Depends(may_write)]
    ) -> LoadedShown:
        """An earlier version is the map again, as a version of its own. Sent again it is a 409."""
        check_speaks(caller, given.buyer)
        who = who_acts(caller, given.who, locked=locked)
        done = await restore_programmes(engine, given.buyer, given.version, given.to, who, clock())
        return loaded(done)

    return router


def _checked(number: int, line: LineGiven) -> MapLine:
    said = line.model_dump()
    try:
        if line.since is not None:
            said["since"] = read_day(line.since, "since")
        return check_line(said)
    except Rejected as error:
        raise Rejected(error.reason, f"lines.{number}.{error.field}", number + 1) from error
