"""`GET /v1/rejects`: what could not be used, and why; as a spreadsheet to be corrected, too."""

import base64
import codecs
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.queries.rejects import (
    RejectFilter,
    RejectState,
    find_reject,
    list_rejects,
)
from services.ingest.rejects.known_fields import is_known_field
from services.ingest.rejects.reject_place import RejectPlace, place_rejects
from services.ingest.routes.reject_spreadsheet import XLSX_TYPE, accepted_form, spreadsheet
from shared.access import Allow, Caller, Refused
from shared.door.accepted import CSV_TYPE
from shared.door.parameters import check_parameters
from shared.errors import NotKnown
from shared.fields import Instant
from shared.lists.cursor import Cursors
from shared.lists.fields import Fields
from shared.lists.going_on import Cursor
from shared.lists.wish import NOT_MODIFIED, PAGES_ONLY, answer_page, read_wish


class HeaderShown(BaseModel):
    """A header of the record: in CloudEvents' binary mode its id, source and type stand here."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(examples=["ce_id"])
    encoding: Literal["text", "base64"]
    value: str | None = Field(examples=["AP-2024-000731"])


class RejectShown(BaseModel):
    """A record that could not be used, with the reason and the first 64 KB of its content."""

    model_config = ConfigDict(frozen=True)

    reject_id: str
    origin: str = Field(examples=["kafka:finance.payments/0/731", "file:1d0d3903/44"])
    file: str | None = Field(
        description="Its name at its newest import, of what came in one", examples=["april.csv"]
    )
    sheet: str | None = Field(
        description="Of a workbook or a zip that has more than one", examples=["April"]
    )
    row: int | None = Field(
        description="In a file: as a spreadsheet shows it. In a request: from 1. null of what "
        "came by Kafka",
        examples=[44],
    )
    buyer: str | None = Field(description="As the record itself claims", examples=["GB-LAE-LDS"])
    reason: str = Field(examples=["payment_date must be a date such as 2024-04-30"])
    field: str | None = Field(
        description="null where content is withheld and the field is none that is known: its name "
        "is then the sender's own text",
        examples=["payment_date"],
    )
    received_at: datetime
    state: RejectState = Field(
        description="settled: it was corrected, and what it says is used. dismissed: it is none "
        "that could be used, somebody said. dropped: the import of its file was taken back"
    )
    outcome: Literal["accepted", "already_known", "rejected", "dismissed", "reopened"] | None = (
        Field(description="What came last; after rejected, reason and field are the new ones")
    )
    corrected_by: str | None
    corrected_at: datetime | None
    size: int = Field(description="Bytes of the whole content")
    encoding: Literal["text", "base64"] | None = Field(description="null where it is withheld")
    content: str | None = Field(description="null where it is withheld")
    headers: list[HeaderShown] | None = Field(
        description="As they came; null where they are withheld, or have more than 64 KB"
    )
    withheld: bool = Field(
        description="It may hold personal names: personal:read for the buyer shows it"
    )


class RejectsShown(BaseModel):
    """A page of rejects, in order of arrival; `next` is the `cursor` of the page that follows."""

    model_config = ConfigDict(frozen=True)

    rejects: list[RejectShown]
    next: str | None


def rejects_routes(
    engine: AsyncEngine, cursors: Cursors, may_write: Allow, *, locked: bool
) -> APIRouter:
    """The door to the quarantine, for those who may send corrections.

    Content may hold personal names: a `locked` door, one with a token key, shows it to the buyer's
    own officers only. A door without a key trusts its network.
    """
    router = APIRouter(tags=["rejects"], dependencies=[Depends(check_parameters)])

    def may_see(caller: Caller, row: Row[Any]) -> bool:
        return not locked or caller.may_see_personal(row.buyer)

    @router.get(
        "/v1/rejects",
        summary="List what could not be used",
        responses=NOT_MODIFIED
        | {200: {"model": RejectsShown, "content": {CSV_TYPE: {}, XLSX_TYPE: {}}}},
        response_model=None,
    )
    async def get_rejects(
        request: Request,
        caller: Annotated[Caller, Depends(may_write)],
        buyer: Annotated[str | None, Query(examples=["GB-LAE-LDS"])] = None,
        import_id: Annotated[UUID | None, Query(description="Of this import's file")] = None,
        reason: Annotated[
            str | None, Query(description="A part of the reason", examples=["amount is blank"])
        ] = None,
        field: Annotated[str | None, Query(examples=["payment_date"])] = None,
        state: Annotated[RejectState | None, Query()] = None,
        since: Annotated[Instant | None, Query(description="Received from then on")] = None,
        until: Annotated[Instant | None, Query(description="Received before")] = None,
        cursor: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        fields: Fields = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Of one buyer, or of all that the caller speaks for.

        As `text/csv` or XLSX (`Accept`) with each row's own columns, to be corrected and sent to
        `/v1/rejects/corrections`: all that match, whatever the page, for who may see their content.
        """
        if buyer is not None and not caller.speaks_for(buyer):
            raise Refused(403, f"the token does not speak for {buyer}")
        buyers = {buyer} if buyer is not None else caller.only
        wanted = RejectFilter(buyers, import_id, reason, field, state, since, until)
        form = accepted_form(request.headers.get("accept", ""))
        if form is not None:
            if locked and not caller.may_see_some_personal():
                raise Refused(403, "a spreadsheet has names: the token lacks personal:read")
            return await spreadsheet(engine, form, wanted)
        wish = read_wish(request, RejectShown, fields, PAGES_ONLY)
        asked = ["rejects", buyer, import_id, reason, field, state, since, until]
        after = 0 if cursor is None else cursors.read(asked, cursor, int)
        async with engine.connect() as connection:
            rows = await list_rejects(connection, after, limit, wanted)
            places = await place_rejects(connection, [row.origin for row in rows])
        full = len(rows) == limit
        shown = RejectsShown(
            rejects=[
                _shown(row, places[row.origin], withheld=not may_see(caller, row)) for row in rows
            ],
            next=cursors.write(asked, [rows[-1].seq]) if full else None,
        )
        return answer_page(wish, shown.model_dump(mode="json"), "rejects")

    @router.get(
        "/v1/rejects/{reject_id}/content",
        summary="The bytes of what could not be used",
        response_class=Response,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    async def get_content(
        caller: Annotated[Caller, Depends(may_write)],
        reject_id: Annotated[str, Path(max_length=64)],
    ) -> Response:
        """Exactly as they arrived."""
        async with engine.connect() as connection:
            row = await find_reject(connection, reject_id)
        if row is None or (caller.only is not None and row.buyer not in caller.only):
            raise NotKnown(f"no reject {reject_id} is kept")
        if not may_see(caller, row):
            raise Refused(403, "the token lacks the scope personal:read for the reject's buyer")
        return Response(row.content, media_type="application/octet-stream")

    return router


def _shown(row: Row[Any], place: RejectPlace, *, withheld: bool) -> RejectShown:
    encoding, content = (
        (None, None) if withheld else as_text(row.start, whole=row.size == len(row.start))
    )
    return RejectShown(
        reject_id=row.reject_id,
        origin=row.origin,
        file=place.file,
        sheet=place.sheet,
        row=place.row,
        buyer=row.buyer,
        reason=row.reason,
        field=None if withheld and not is_known_field(row.field) else row.field,
        received_at=row.received_at,
        state=row.state,
        outcome=row.outcome,
        corrected_by=row.who,
        corrected_at=row.corrected_at,
        size=row.size,
        encoding=encoding,
        content=content,
        headers=None if withheld else row.headers,
        withheld=withheld,
    )


def as_text(start: bytes, *, whole: bool) -> tuple[Literal["text", "base64"], str]:
    """The start of a content as text where it is UTF-8, else in base64."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        return "text", decoder.decode(start, final=whole)
    except UnicodeDecodeError:
        return "base64", base64.b64encode(start).decode()
