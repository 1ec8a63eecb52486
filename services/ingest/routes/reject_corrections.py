"""Rejects corrected: one row as JSON, or a spreadsheet that was exported."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.receive_upload import BESIDE, receive_upload
from services.ingest.queries.reject_corrections import REJECTED_AGAIN, find_corrections
from services.ingest.queries.rejects import find_reject
from services.ingest.reading.limits import Limits
from services.ingest.rejects.correct_file import correct_file
from services.ingest.rejects.correct_rejects import Correction, correct_rejects
from services.ingest.rejects.dismiss_rejects import dismiss_rejects, reopen_rejects
from services.ingest.rejects.open_rejects import ALREADY_SETTLED, NOT_KNOWN, Corrected, May
from services.ingest.rejects.reject_cells import as_cell
from services.ingest.routes.who import who_acts
from shared.access import Allow, Caller, Refused
from shared.errors import Conflict, NotKnown, Rejected
from shared.fields import Line
from shared.parameters import check_parameters

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


class CorrectedShown(BaseModel):
    """What became of a corrected reject."""

    model_config = ConfigDict(frozen=True)

    reject_id: str
    outcome: Literal[
        "accepted",
        "already_known",
        "rejected",
        "dismissed",
        "reopened",
        "already_settled",
        "not_known",
    ]
    reason: str = Field(description="Why it is rejected again, or was dismissed or reopened")
    field: str
    payment_id: str | None


class SheetCorrected(BaseModel):
    """What became of the rows of a corrected spreadsheet."""

    model_config = ConfigDict(frozen=True)

    accepted: int
    already_known: int
    rejected: int = Field(description="Again: they stay open with the new reason")
    dismissed: int = Field(description="By a reason in their column for that")
    already_settled: int
    not_known: int
    rejected_again: list[CorrectedShown] = Field(description="The first 1,000")


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
        responses={status: _PROBLEMS[status] for status in (403,)},
    )
    async def post_sheet(
        request: Request, caller: Annotated[Caller, Depends(may_write)]
    ) -> SheetCorrected:
        """Each row goes through the path that it came by. The same sheet again settles nothing."""
        may = _may(caller, locked=locked)
        async with receive_upload(request, _FIELDS, most) as upload:
            who = who_acts(caller, upload.fields.get("who"), locked=locked)
            done = await correct_file(engine, upload.path, upload.name, who, may, clock, limits)
        return SheetCorrected(
            **{name: done.outcomes[name] for name in _OUTCOMES},
            rejected_again=[_shown(each) for each in done.rejected],
        )

    @router.post(_ROUTE + "/correction", summary="Correct one reject", responses=_PROBLEMS)
    async def post_correction(
        reject_id: Annotated[str, Path(max_length=64)],
        given: CorrectionOfReject,
        caller: Annotated[Caller, Depends(may_write)],
    ) -> CorrectedShown:
        """It goes through the path that it came by; cells that are not named stay."""
        may, who = _may(caller, locked=locked), who_acts(caller, given.who, locked=locked)
        cells = {name: as_cell(value) for name, value in given.row.items()}
        correction = Correction(reject_id, cells)
        [done] = await correct_rejects(engine, [correction], who, may, clock())
        return _settled(done, "the reject is settled: somebody corrected or dismissed it")

    @router.post(_ROUTE + "/dismissal", summary="Dismiss one reject", responses=_PROBLEMS)
    async def post_dismissal(
        reject_id: Annotated[str, Path(max_length=64)],
        given: DismissalGiven,
        caller: Annotated[Caller, Depends(may_write)],
    ) -> CorrectedShown:
        """It is none that could be used: it is no longer open, and counted apart."""
        may, who = _may(caller, locked=locked), who_acts(caller, given.who, locked=locked)
        [done] = await dismiss_rejects(engine, {reject_id: given.reason}, who, may, clock())
        return _settled(done, "the reject is settled: somebody corrected or dismissed it")

    @router.post(_ROUTE + "/reopening", summary="Take a dismissal back", responses=_PROBLEMS)
    async def post_reopening(
        reject_id: Annotated[str, Path(max_length=64)],
        given: DismissalGiven,
        caller: Annotated[Caller, Depends(may_write)],
    ) -> CorrectedShown:
        """It is open again, as it was."""
        may, who = _may(caller, locked=locked), who_acts(caller, given.who, locked=locked)
        [done] = await reopen_rejects(engine, [reject_id], given.reason, who, may, clock())
        return _settled(done, "the reject is not dismissed")

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
        may = _may(caller, locked=locked)
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


def _may(caller: Caller, *, locked: bool) -> May:
    if locked and "personal:read" not in caller.scopes:
        raise Refused(403, "rejects may hold names: the token lacks the scope personal:read")

    def may(buyer: str | None) -> bool:
        return caller.only is None or buyer in caller.only

    return may


def _settled(done: Corrected, otherwise: str) -> CorrectedShown:
    if done.outcome == NOT_KNOWN:
        raise NotKnown(f"no reject {done.reject_id} is kept")
    if done.outcome == ALREADY_SETTLED:
        raise Conflict(otherwise)
    if done.outcome == REJECTED_AGAIN:
        raise Rejected(done.reason, done.field)
    return _shown(done)


def _shown(done: Corrected) -> CorrectedShown:
    return CorrectedShown.model_validate(done._asdict())
