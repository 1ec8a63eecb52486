"""`POST /v1/imports/{import_id}/taking-back`: undo an import; every payment keeps what it was."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.republication.take_back import take_back
from services.ingest.routes.corrections import who_corrects
from services.ingest.routes.import_answer import ImportShown
from services.ingest.routes.imports import show_own_import
from shared.access import Allow, Caller
from shared.fields import Line
from shared.parameters import check_parameters


class TakingBackGiven(BaseModel):
    """Why an import is taken back, and by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Line = Field(examples=["The draft of March was published by mistake"])
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


def taking_back_routes(
    engine: AsyncEngine, may_correct: Allow, clock: Callable[[], datetime], *, locked: bool
) -> APIRouter:
    """The door to undo imports; at a `locked` one, with a token key, the token says who it is."""
    router = APIRouter(tags=["imports"], dependencies=[Depends(check_parameters)])

    @router.post(
        "/v1/imports/{import_id}/taking-back",
        summary="Take an import back",
        responses={
            404: {"description": "There is no such import of a buyer of the caller's"},
            409: {"description": "It is not finished, or later imports or corrections build on it"},
        },
    )
    async def post_taking_back(
        import_id: UUID, given: TakingBackGiven, caller: Annotated[Caller, Depends(may_correct)]
    ) -> ImportShown:
        """Its corrections are reversed and what it brought is withdrawn, as revisions.

        Earlier files count again as they did. Sent again, the file is compared anew, and waits
        for a decision where it would replace one.
        """
        who = who_corrects(caller, given.who, locked=locked)
        await take_back(engine, import_id, who, given.reason, caller.speaks_for, clock())
        return await show_own_import(engine, import_id, caller)

    return router
