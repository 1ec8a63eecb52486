"""The rejects that were asked for, as a spreadsheet."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi.responses import FileResponse
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.background import BackgroundTask

from services.ingest.queries.rejects import RejectFilter
from services.ingest.rejects.export_rejects import export_rejects
from services.ingest.rejects.reject_sheet import CSV, XLSX
from shared.door.accepted import CSV_TYPE, JSON_TYPE, accepted

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMS = {CSV_TYPE: CSV, XLSX_TYPE: XLSX}


def accepted_form(accept: str) -> str | None:
    """The spreadsheet that an Accept header asks for first; None for JSON."""
    return _FORMS.get(accepted(accept, (JSON_TYPE, *_FORMS)))


async def spreadsheet(engine: AsyncEngine, form: str, wanted: RejectFilter) -> FileResponse:
    """The rejects as a file that is gone once it was sent."""
    folder = TemporaryDirectory(prefix="localpound-")
    path = Path(folder.name) / f"rejects.{form}"
    try:
        await export_rejects(engine, path, form, wanted)
    except BaseException:
        folder.cleanup()
        raise
    kind = CSV_TYPE if form == CSV else XLSX_TYPE
    return FileResponse(
        path, media_type=kind, filename=path.name, background=BackgroundTask(folder.cleanup)
    )
