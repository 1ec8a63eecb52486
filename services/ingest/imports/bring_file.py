"""Take a file that came by a door: its bytes are kept, and it waits to be imported."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.buyers.buyer import find_buyer
from services.ingest.imports.kept_files import keep_file
from services.ingest.imports.open_run import refuse_for_another
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.import_requests import put_request, queue_import
from services.ingest.queries.imports import FAILED, TAKEN_BACK, lock_latest_run
from shared.errors import Rejected
from shared.identity import identify


@dataclass(frozen=True)
class Brought:
    """The import of a file; `new` unless its bytes were brought before for the buyer."""

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
    speaks_for: Callable[[str], bool],
    anyway: bool = False,
    lain_since: datetime | None = None,
) -> Brought:
    """Keep a file and queue its import in the caller's transaction.

    The same bytes again are the import that there is; one that failed is tried again, and what was
    taken back is imported anew. Rejected: an unknown buyer; bytes that were imported for another
    one, unless they are taken `anyway`; an import that was taken back while the file lay there,
    where it is known since when. Of another buyer's import it says what `speaks_for` that buyer
    may know.
    """
    find_buyer(await find_buyers(tx), buyer)
    file_id = identify("file", digest, buyer)
    latest = await lock_latest_run(tx, file_id)
    if latest is not None and latest.state not in (FAILED, TAKEN_BACK):
        return Brought(str(latest.import_id), new=False)
    if latest is not None and lain_since is not None and _is_taken_back_since(latest, lain_since):
        raise Rejected(say_taken_back(latest))
    if not anyway:
        await refuse_for_another(tx, digest, name, buyer, speaks_for)
    number = 1 if latest is None else latest.run + (latest.state == TAKEN_BACK)
    import_id = identify("import", file_id, str(number))
    await keep_file(tx, path, digest, now)
    await queue_import(tx, import_id, file_id, number, buyer, name, digest, now)
    await put_request(tx, import_id, who, now, anyway=anyway)
    return Brought(import_id, new=True)


def _is_taken_back_since(run: Row[Any], moment: datetime) -> bool:
    said = run.taking_back
    return said is not None and moment <= datetime.fromisoformat(said["at"])


def say_taken_back(run: Row[Any]) -> str:
    """By whom and why an import was taken back, for whoever finds its file."""
    said = run.taking_back
    return f"its import was taken back by {said['who']}: {said['reason']}"
