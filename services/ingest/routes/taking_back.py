"""`POST /v1/imports/{import_id}/taking-back`: undo an import; every payment keeps what it was."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.take_back import take_back
from services.ingest.reading.limits import Limits
from services.ingest.routes.import_answer import ImportShown
from services.ingest.routes.imports import answer_own_import
from services.ingest.routes.who import who_acts
from shared.access import Allow, Caller
from shared.door.parameters import check_parameters
from shared.fields import Line


class TakingBackGiven(BaseModel):
    """Why an import is taken back, and by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Line = Field(examples=["The draft of March was published by mistake"])
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


def taking_back_routes(
    engine: AsyncEngine,
    may_write: Allow,
    clock: Callable[[], datetime],
    wake: Callable[[], None],
    limits: Limits,
    *,
    locked: bool,
) -> APIRouter:
    """The door to undo imports; `wake` tells who imports that another edition may go on.

    At a `locked` one, with a token key, the token says who takes an import back.
    """
    router = APIRouter(tags=["imports"], dependencies=[Depends(check_parameters)])

    @router.post(
        "/v1/imports/{import_id}/taking-back",
        summary="Take an import back, finished or not",
        response_model=ImportShown,
        responses={
            404: {"description": "There is no such import of a buyer of the caller's"},
            409: {
                "description": "A later import corrected what it stated: take that back first. Or "
                "it is a finished list of agreements"
            },
        },
    )
    async def post_taking_back(
        import_id: UUID, given: TakingBackGiven, caller: Annotated[Caller, Depends(may_write)]
    ) -> Response:
        """What it stated counts no longer, earlier files count as before, its months are free.

        Its file stays kept; the same bytes sent later are imported anew, and wait for a decision
        where they would replace an earlier file. Taken back again it stays as it was.
        """
        who = who_acts(caller, given.who, locked=locked)
        await take_back(engine, import_id, caller, who, given.reason, clock(), limits)
        wake()
        return await answer_own_import(engine, import_id, caller, locked=locked)

    return router
