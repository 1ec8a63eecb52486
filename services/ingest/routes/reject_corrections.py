"""Rejects corrected: one row as JSON, or a spreadsheet that was exported."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.receive_upload import BESIDE, receive_upload
from services.ingest.queries.reject_corrections import find_corrections
from services.ingest.queries.rejects import find_reject
from services.ingest.reading.limits import Limits
from services.ingest.rejects.correct_file import correct_file
from services.ingest.rejects.correct_rejects import Correction, correct_rejects
from services.ingest.rejects.dismiss_rejects import dismiss_rejects, reopen_rejects
from services.ingest.rejects.reject_cells import as_cell
from services.ingest.routes.documents import NOT_MULTIPART
from services.ingest.routes.reject_outcome import (
    CorrectedShown,
    may_act,
    show_corrected,
    show_settled,
)
from services.ingest.routes.who import who_acts
from shared.access import Allow, Caller
from shared.door.parameters import check_parameters
from shared.errors import NotKnown
from shared.fields import Line

SHEET_ROUTE = "/v1/rejects/corrections"
_ROUTE = "/v1/rejects/{reject_id}"
_FIELDS = frozenset({"who"})
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    403: {"description": "The token lacks ingest:write or personal:read"},
    404: {"description": "No such reject is kept, of a buyer for whom the token speaks"},
    409: {"description": "It is settled already, or its file is being imported"},
    422: {
        "description": "It is rejected again: the reason and the field. What was changed is kept"
    },
}
_SHEET = (
    "reject id,reason,field,file,sheet,row,dismiss because,Date Paid,Amount\n"
    "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef,"
    "amount is blank,amount,april.csv,,44,,30/04/2024,1205.00\n"
)
_DOCUMENT = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "What GET /v1/rejects gave as CSV or XLSX, corrected",
                            "examples": [_SHEET],
                        },
                        "who": {
                            "type": "string",
                            "description": "Where the door has no token key; else its subject",
                        },
                    },
                }
            }
        },
    }
}


class CorrectionOfReject(BaseModel):
    """The cells that are to say something else, by the names of the reject's own columns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: dict[str, Any] = Field(
        description="Columns of its file, or members of its JSON such as data.payee; null for none",
        examples=[{"Amount": "1,205.00", "Date Paid": "30/04/2024"}],
        max_length=500,
    )
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


class DismissalGiven(BaseModel):
    """Why a reject is none that could ever be used; or why it is open again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Line = Field(examples=["A note of the publisher, and no payment"])
    who: Line | None = Field(
        default=None, description="Where the door has no token key; else the token's subject"
    )


class SheetCorrected(BaseModel):
    """What became of the rows of a corrected spreadsheet."""

    model_config = ConfigDict(frozen=True)

    accepted: int
    already_known: int
    rejected: int = Field(description="Again: they stay open with the new reason")
    left: int = Field(description="Of those rejected: nothing was ever changed of them")
    dismissed: int = Field(description="By a reason in their column for that")
    already_settled: int
    not_known: int
    rejected_again: list[CorrectedShown] = Field(
        description="The first 1,000; what was changed of them before what was not"
    )


class CorrectionShown(BaseModel):
    """What was done with a reject: what was changed, from what to what; or why it was dismissed."""

    model_config = ConfigDict(frozen=True)

    number: int
    who: str
    corrected_at: datetime
    changes: dict[str, tuple[str, str]]
    outcome: str
    reason: str
    field: str
    payment_id: str | None


def reject_corrections_routes(
    engine: AsyncEngine,
    may_write: Allow,
    clock: Callable[[], datetime],
    limits: Limits,
    *,
    most: int,
    locked: bool,
) -> APIRouter:
    """The doors for officers, who must be allowed to see what they correct."""
    router = APIRouter(tags=["rejects"], dependencies=[Depends(check_parameters)])

    @router.post(
        SHEET_ROUTE,
        summary="Correct rejects by a spreadsheet",
        openapi_extra=_DOCUMENT,
        responses={403: _PROBLEMS[403], 409: _PROBLEMS[409], **NOT_MULTIPART},
    )
    async def post_sheet(
        request: Request, caller: Annotated[Caller, Depends(may_write)]
    ) -> SheetCorrected:
        """Each row goes through the path that it came by. The same sheet again settles nothing."""
        may = may_act(caller, locked=locked)
        async with receive_upload(request, _FIELDS, most) as upload:
            who = who_acts(caller, upload.fields.get("who"), locked=locked)
            done = await correct_file(engine, upload.path, upload.name, who, may, clock, limits)
        return SheetCorrected(
            **{name: done.outcomes[name] for name in _OUTCOMES},
            left=done.left,
            rejected_again=[show_corrected(each) for each in done.rejected],
        )

    @router.post(_ROUTE + "/correction", summary="Correct one reject", responses=_PROBLEMS)
    async def post_correction(
        reject_id: Annotated[str, Path(max_length=64)],
        given: CorrectionOfReject,
        caller: Annotated[Caller, Depends(may_write)],
    ) -> CorrectedShown:
        """It goes through the path that it came by; cells that are not named stay."""
        may, who = may_act(caller, locked=locked), who_acts(caller, given.who, locked=locked)
        cells = {name: as_cell(value) for name, value in given.row.items()}
        correction = Correction(reject_id, cells)
        [done] = await correct_rejects(engine, [correction], who, may, clock(), limits)
        return show_settled(done, "the reject is settled: somebody corrected or dismissed it")

    @router.post(_ROUTE + "/dismissal", summary="Dismiss one reject", responses=_PROBLEMS)
    async def post_dismissal(
        reject_id: Annotated[str, Path(max_length=64)],
        given: DismissalGiven,
        caller: Annotated[Caller, Depends(may_write)],
    ) -> CorrectedShown:
        """It is none that could be used: it is no longer open, and counted apart."""
        may, who = may_act(caller, locked=locked), who_acts(caller, given.who, locked=locked)
        [done] = await dismiss_rejects(engine, {reject_id: given.reason}, who, may, clock())
        return show_settled(done, "the reject is settled: somebody corrected or dismissed it")

    @router.post(_ROUTE + "/reopening", summary="Take a dismissal back", responses=_PROBLEMS)
    async def post_reopening(
        reject_id: Annotated[str, Path(max_length=64)],
        given: DismissalGiven,
        caller: Annotated[Caller, Depends(may_write)],
    ) -> CorrectedShown:
        """It is open again, as it was."""
        may, who = may_act(caller, locked=locked), who_acts(caller, given.who, locked=locked)
        [done] = await reopen_rejects(engine, [reject_id], given.reason, who, may, clock())
        return show_settled(done, "the reject is not dismissed")

    @router.get(
        _ROUTE + "/corrections",
        summary="What was corrected of a reject, and by whom",
        responses={status: _PROBLEMS[status] for status in (403, 404)},
    )
    async def get_corrections(
        reject_id: Annotated[str, Path(max_length=64)],
        caller: Annotated[Caller, Depends(may_write)],
    ) -> list[CorrectionShown]:
        """Oldest first."""
        may = may_act(caller, locked=locked)
        async with engine.connect() as connection:
            reject = await find_reject(connection, reject_id)
            if reject is None or not may(reject.buyer):
                raise NotKnown(f"no reject {reject_id} is kept")
            rows = (await find_corrections(connection, [reject_id])).get(reject_id, [])
        return [
            CorrectionShown(
                **{name: getattr(row, name) for name in _KEPT},
                payment_id=None if row.payment_id is None else str(row.payment_id),
            )
            for row in rows
        ]

    return router


_OUTCOMES = (
    *("accepted", "already_known", "rejected", "dismissed"),
    *("already_settled", "not_known"),
)
_KEPT = ("number", "who", "corrected_at", "changes", "outcome", "reason", "field")


def largest_sheet(most: int) -> dict[str, int]:
    """What a body of the route for spreadsheets may have."""
    return {SHEET_ROUTE: most + BESIDE}
