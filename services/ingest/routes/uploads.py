"""`POST /v1/imports`: send a file to be imported; and have it back, as it came."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from starlette.exceptions import HTTPException

from services.ingest.buyers.buyer import find_buyer
from services.ingest.imports.bring_file import bring_file
from services.ingest.imports.kept_files import read_kept
from services.ingest.imports.receive_upload import BESIDE, Upload, receive_upload
from services.ingest.queries.buyers import find_buyers
from services.ingest.routes.documents import NOT_MULTIPART
from services.ingest.routes.import_answer import ImportShown
from services.ingest.routes.imports import answer_own_import, find_own_import
from shared.access import Allow, Caller, Refused
from shared.access.act import note_object
from shared.database import begin
from shared.door.answers import REPLAYED, Answer, answer_once, keyed, read_key
from shared.door.first_piece import first_made
from shared.door.parameters import check_parameters
from shared.errors import Rejected

ROUTE = "/v1/imports"
_TAKEN, _KNOWN = 202, 200
_FIELDS = frozenset({"buyer", "anyway"})
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The upload is truncated or damaged, or its Idempotency-Key not usable"},
    403: {"description": "The token lacks ingest:write, or does not speak for the buyer"},
    409: {"description": "A request with this Idempotency-Key is being worked on"},
    413: {"description": "The file is larger than LOCALPOUND_INGEST_UPLOAD_BYTES"},
    **NOT_MULTIPART,
    422: {"description": "No file, an unknown buyer, or bytes that were sent for another buyer"},
}
_FILE = "Date Paid,Supplier Name,Net Amount\n30/04/2024,ST LUKES HOSPICE,12500.00\n"
_DOCUMENT = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["buyer", "file"],
                    "properties": {
                        "buyer": {
                            "type": "string",
                            "description": "The org-id of the body that paid",
                            "examples": ["GB-LAE-LDS"],
                        },
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "CSV, XLSX, XLS, ODS, XLSB, Parquet, JSON lines, or a "
                            "zip of them, as published",
                            "examples": [_FILE],
                        },
                        "anyway": {
                            "type": "string",
                            "enum": ["true", "false"],
                            "description": "true: though the bytes were sent for another buyer",
                        },
                    },
                }
            }
        },
    },
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": 255},
            "description": "The same bytes are imported once with or without it",
        }
    ],
}


def uploads_routes(
    engine: AsyncEngine,
    may_write: Allow,
    clock: Callable[[], datetime],
    wake: Callable[[], None],
    *,
    most: int,
    locked: bool,
) -> APIRouter:
    """The doors to send a file of `most` bytes and to have it back.

    `wake` tells who imports that something waits.
    """
    router = APIRouter(tags=["imports"], dependencies=[Depends(check_parameters)])

    @router.post(
        ROUTE,
        summary="Send a file to be imported",
        status_code=202,
        responses={202: {"model": ImportShown}, 200: {"model": ImportShown}, **_PROBLEMS},
        openapi_extra=_DOCUMENT,
        response_class=Response,
    )
    async def post_import(
        request: Request, caller: Annotated[Caller, Depends(may_write)]
    ) -> Response:
        """The answer has the address where to see how far it is (Location).

        The same bytes for the same buyer are the import that there is (200, `same_bytes_as` says
        under which name and when); one that failed is tried again.
        """
        given = request.headers.get("idempotency-key")
        key = None if given is None else read_key(given)
        if given is not None and key is None:
            raise HTTPException(400, "Idempotency-Key must be 1 to 255 visible characters")
        async with receive_upload(request, _FIELDS, most) as upload:
            buyer = upload.fields.get("buyer", "")
            await _check_buyer(engine, caller, buyer)
            now = clock()
            work = partial(_bring, upload, buyer, caller, now)
            if key is None:
                async with begin(engine) as tx:
                    answer, replayed = await work(tx), False
            else:
                said = (buyer.encode(), upload.digest.encode(), upload.name.encode())
                sent = keyed(caller, ROUTE, key, said)
                answer, replayed = await answer_once(engine, sent, work, now)
        wake()
        import_id = answer.body.decode()
        headers = {"Location": f"{ROUTE}/{import_id}"}
        if replayed:
            headers[REPLAYED] = "true"
        return await answer_own_import(
            *(engine, UUID(import_id), caller),
            locked=locked,
            status=answer.status,
            headers=headers,
            sent_again=answer.status == _KNOWN,
        )

    @router.get(
        ROUTE + "/{import_id}/file",
        summary="The bytes of the file, as they came",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    async def get_file(
        caller: Annotated[Caller, Depends(may_write)], import_id: UUID
    ) -> StreamingResponse:
        """It may hold personal names: a door with a token key asks for personal:read."""
        async with engine.connect() as connection:
            row = await find_own_import(connection, import_id, caller)
        if locked and not caller.may_see_personal(row.buyer):
            raise Refused(403, "the token lacks the scope personal:read for the import's buyer")
        return StreamingResponse(
            await first_made(read_kept(engine, row.digest)),
            media_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name)}"},
        )

    return router


def largest_upload(most: int) -> dict[str, int]:
    """What a body of these routes may have."""
    return {ROUTE: most + BESIDE}


async def _check_buyer(engine: AsyncEngine, caller: Caller, buyer: str) -> None:
    if not buyer:
        raise Rejected("the upload has no field `buyer`: the org-id of the body that paid", "buyer")
    if not caller.speaks_for(buyer):
        raise Refused(403, f"the token does not speak for {buyer}")
    async with engine.connect() as connection:
        find_buyer(await find_buyers(connection), buyer)


async def _bring(
    upload: Upload, buyer: str, caller: Caller, now: datetime, tx: AsyncConnection
) -> Answer:
    """The answer's body is the id of the import: what it shows is looked up each time."""
    anyway = upload.fields.get("anyway", "false")
    if anyway not in ("true", "false"):
        raise Rejected("anyway must be true or false", "anyway")
    note_object(upload.digest)
    brought = await bring_file(
        *(tx, upload.path, upload.name, upload.digest, buyer, caller.subject, now),
        speaks_for=caller.speaks_for,
        anyway=anyway == "true",
    )
    return Answer(_TAKEN if brought.new else _KNOWN, "text/plain", brought.import_id.encode())
