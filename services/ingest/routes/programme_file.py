"""`POST /v1/programmes/file`: a sheet of codes that an officer filled in."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.receive_upload import BESIDE, receive_upload
from services.ingest.programmes.load_programmes import load_programmes
from services.ingest.programmes.map_sheet import Fault, read_map
from services.ingest.reading.limits import Limits
from services.ingest.routes.documents import NOT_MULTIPART
from services.ingest.routes.programme_answer import PROBLEMS, LoadedShown, check_speaks, loaded
from services.ingest.routes.who import who_acts
from shared.access import Allow, Caller
from shared.door.parameters import check_parameters
from shared.errors import Rejected

FILE_ROUTE = "/v1/programmes/file"
_FIELDS = frozenset({"buyer", "who", "whole", "dry_run"})
_MOST_TOLD = 100
_TEXT = {"type": "string"}
_FLAG = {"type": "string", "enum": ["true", "false"]}
_DOCUMENT = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "buyer"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "examples": [
                                "unit,programme,budget_head\n31110 Community,End of life,Hospices\n"
                            ],
                        },
                        "buyer": _TEXT | {"examples": ["GB-NHS-QWO"]},
                        "who": _TEXT | {"description": "Where the door has no token key"},
                        "whole": _FLAG | {"description": "true: what the file lacks is removed"},
                        "dry_run": _FLAG | {"description": "true: only say what would change"},
                    },
                }
            }
        },
    }
}


def programme_file_routes(
    engine: AsyncEngine,
    may_write: Allow,
    clock: Callable[[], datetime],
    limits: Limits,
    *,
    most: int,
    locked: bool,
) -> APIRouter:
    """The door for a file of `most` bytes."""
    router = APIRouter(tags=["programmes"], dependencies=[Depends(check_parameters)])

    @router.post(
        FILE_ROUTE,
        summary="Load a sheet of codes",
        responses=PROBLEMS | NOT_MULTIPART,
        openapi_extra=_DOCUMENT,
    )
    async def post_file(
        request: Request, caller: Annotated[Caller, Depends(may_write)]
    ) -> LoadedShown:
        """As `programmes load` does: one bad row, and nothing is loaded."""
        async with receive_upload(request, _FIELDS, most) as upload:
            fields = upload.fields
            buyer = fields.get("buyer", "")
            if not buyer:
                raise Rejected("the upload has no field `buyer`: the org-id of the body", "buyer")
            check_speaks(caller, buyer)
            who = who_acts(caller, fields.get("who"), locked=locked)
            whole, dry_run = (_flag(fields, name) for name in ("whole", "dry_run"))
            read = await asyncio.to_thread(read_map, upload.path, upload.name, limits)
            if read.faults:
                raise _first_of(read.faults)
            done = await load_programmes(
                *(engine, buyer, read.lines, who, upload.name, clock()),
                whole=whole,
                dry_run=dry_run,
            )
        return loaded(done, left_blank=read.left_blank, unread_columns=read.unread)

    return router


def largest_map(most: int) -> dict[str, int]:
    """What a body of the route may have."""
    return {FILE_ROUTE: most + BESIDE}


def _flag(fields: dict[str, str], name: str) -> bool:
    said = fields.get(name, "false")
    if said not in ("true", "false"):
        raise Rejected(f"{name} must be true or false", name)
    return said == "true"


def _first_of(faults: list[Fault]) -> Rejected:
    """Every bad row in one sentence, as far as a sentence goes; the first one's field and row."""
    told = "; ".join(
        f"{f'{fault.sheet}, ' if fault.sheet else ''}row {fault.row}: {fault.reason}"
        for fault in faults[:_MOST_TOLD]
    )
    more = len(faults) - _MOST_TOLD
    rest = f"; and {more} more" if more > 0 else ""
    return Rejected(f"nothing was loaded. {told}{rest}", faults[0].field, faults[0].row)
