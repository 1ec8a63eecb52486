"""The answers to the questions for which an import waits."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.answer_import import answer_import
from services.ingest.imports.bodies_of_file import ALL_OURS, WHOSE
from services.ingest.routes.import_answer import ImportShown
from services.ingest.routes.imports import answer_own_import
from shared.access import Allow, Caller
from shared.door.parameters import check_parameters
from shared.errors import Rejected

_IMPORT = "/v1/imports/{import_id}"


class MappingGiven(BaseModel):
    """The answers to an import's questions about its columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str] = Field(
        default={},
        description="The header of a field",
        examples=[{"amount": "Net Amount"}],
        max_length=30,
    )
    order: Literal["day first", "month first", "year first", "swapped", "not swapped"] | None = (
        Field(
            default=None,
            description="Which stands first in its days, or whether a spreadsheet program has "
            "swapped day and month of those up to the 12th",
        )
    )
    entities: list[str] = Field(
        default=[],
        description=f"The bodies in the file whose rows are the buyer's, or `{ALL_OURS}` for every "
        "row: remembered of the buyer",
        examples=[["NHS West Yorkshire ICB"]],
        max_length=100,
    )


class DecisionGiven(BaseModel):
    """Whether a file states an earlier one anew, or only adds to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    replaces: UUID | None = Field(default=None, description="The import that it states anew")
    adds: bool = Field(default=False, examples=[True])


def import_questions_routes(
    engine: AsyncEngine,
    may_write: Allow,
    clock: Callable[[], datetime],
    wake: Callable[[], None],
    *,
    locked: bool,
) -> APIRouter:
    """The doors for answers; `wake` tells who imports that something waits."""
    router = APIRouter(tags=["imports"], dependencies=[Depends(check_parameters)])

    @router.post(
        _IMPORT + "/mapping",
        summary="Answer which column is which",
        response_model=ImportShown,
        status_code=202,
        responses={409: {"description": "The import does not wait for this answer"}},
    )
    async def post_mapping(
        import_id: UUID, given: MappingGiven, caller: Annotated[Caller, Depends(may_write)]
    ) -> Response:
        """The file goes on, and the answer is remembered for the buyer's files with its headers."""
        mapped = dict(given.columns) | ({} if given.order is None else {"order": given.order})
        mapped |= {WHOSE: "\n".join(given.entities)} if given.entities else {}
        if not mapped:
            raise Rejected("no column is named, no order, and no entity", "columns")
        await answer_import(engine, import_id, caller, clock(), mapped=mapped)
        wake()
        return await answer_own_import(engine, import_id, caller, locked=locked, status=202)

    @router.post(
        _IMPORT + "/decision",
        summary="Say whether a file states an earlier one anew",
        response_model=ImportShown,
        status_code=202,
        responses={409: {"description": "The import does not wait for this answer"}},
    )
    async def post_decision(
        import_id: UUID, given: DecisionGiven, caller: Annotated[Caller, Depends(may_write)]
    ) -> Response:
        """The file goes on: it replaces the import that is named, or only adds."""
        if given.adds == (given.replaces is not None):
            raise Rejected("a file either replaces an import or only adds", "replaces")
        replaces = None if given.replaces is None else str(given.replaces)
        await answer_import(engine, import_id, caller, clock(), replaces=replaces, adds=given.adds)
        wake()
        return await answer_own_import(engine, import_id, caller, locked=locked, status=202)

    return router
