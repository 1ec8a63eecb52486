"""GET /v1/runs: what reclassifications moved, why and by whom."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.queries.runs import Run, list_runs
from services.classify.runs.moved import Move
from shared.access import Allow
from shared.database import raw_connection
from shared.door.parameters import check_parameters
from shared.lists.fields import Fields
from shared.lists.wish import NOT_MODIFIED, PAGES_ONLY, answer_page, read_wish
from shared.money import format_pounds


class MoveAnswer(BaseModel):
    """Pounds of one buyer that moved, net of credits."""

    buyer: str = Field(examples=["GB-LAE-LDS"])
    what: str = Field(description="`tier`, or a definition", examples=["registered-charity"])
    before: str = Field(examples=["counts"])
    after: str = Field(examples=["does not count"])
    suppliers: int
    lines: int
    amount: str = Field(examples=["12500.00"])

    @classmethod
    def of(cls, move: Move) -> Self:
        """A move in words and pounds."""
        return cls.model_validate(move._asdict() | {"amount": format_pounds(move.pence)})


class RunAnswer(BaseModel):
    """A run; its totals are null while it is under way, or was interrupted and not taken up."""

    run_id: int
    cause: str = Field(examples=["registers loaded: england-wales-list as at 2021-12-31"])
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    editions: dict[str, Any] = Field(description="The registers and definitions that decided")
    suppliers: int | None = Field(description="Looked at")
    changed: int | None = Field(description="Of these, those of which anything changed")
    moves: list[MoveAnswer] | None


class Runs(BaseModel):
    """A page of runs; `next` is the `before` of the page after it, null on the last."""

    runs: list[RunAnswer]
    next: int | None


def run_routes(engine: AsyncEngine, may_read: Allow) -> APIRouter:
    """Runs."""
    router = APIRouter(tags=["runs"], dependencies=[Depends(check_parameters), Depends(may_read)])

    @router.get(
        "/runs",
        summary="What reclassifications moved, the newest first",
        response_model=Runs,
        responses=NOT_MODIFIED,
    )
    async def runs(
        request: Request,
        before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="`next`")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Each with its cause, the editions that decided, and the pounds moved by buyer."""
        wish = read_wish(request, RunAnswer, fields, PAGES_ONLY)
        async with engine.connect() as connection:
            found = await list_runs(await raw_connection(connection), before, limit + 1)
        page = found[:limit]
        shown = Runs(
            runs=[_shown(run) for run in page],
            next=page[-1].run_id if len(found) > limit else None,
        )
        return answer_page(wish, shown.model_dump(mode="json"), "runs")

    return router


def _shown(run: Run) -> RunAnswer:
    moves = [MoveAnswer.of(move) for move in run.moves or ()]
    return RunAnswer.model_validate(run._asdict() | {"moves": moves if run.finished_at else None})
