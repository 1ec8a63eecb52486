"""Take a file that came by a door: its bytes are kept, and it waits to be imported."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.buyers.buyer import find_buyer
from services.ingest.imports.kept_files import keep_file
from services.ingest.imports.open_run import refuse_for_another
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.import_requests import put_request, queue_import
from services.ingest.queries.imports import FAILED, TAKEN_BACK, lock_latest_run
from shared.identity import identify


@dataclass(frozen=True)
class Brought:
    """The import of a file; `new` unless the same bytes were brought before for the buyer."""

    import_id: str
    new: bool


async def bring_file(
    tx: AsyncConnection,
    path: Path,
    name: str,
    digest: str,
    buyer: str,
    who: str,
    now: datetime,
    *,
    anyway: bool = False,
) -> Brought:
    """Keep a file and queue its import in the caller's transaction.

    The same bytes again are the import that there is; one that failed is tried again, one that
    was taken back is run anew. Rejected: an
    unknown buyer, or bytes that were imported for another one, unless they are taken `anyway`.
    """
    find_buyer(await find_buyers(tx), buyer)
    file_id = identify("file", digest, buyer)
    latest = await lock_latest_run(tx, file_id)
    if latest is not None and latest.state not in (FAILED, TAKEN_BACK):
        return Brought(str(latest.import_id), new=False)
    if not anyway:
        await refuse_for_another(tx, digest, name, buyer)
    number = 1 if latest is None else latest.run + (latest.state == TAKEN_BACK)
    import_id = identify("import", file_id, str(number))
    await keep_file(tx, path, digest, now)
    await queue_import(tx, import_id, file_id, number, buyer, name, digest, now)
    await put_request(tx, import_id, who, now, anyway=anyway)
    return Brought(import_id, new=True)
