"""Import the files that wait, one after the other, each by one process at a time."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_file import import_file
from services.ingest.imports.kept_files import unpack_file
from services.ingest.imports.open_run import Run
from services.ingest.queries.import_requests import (
    claim_request,
    fail_import,
    let_go,
    put_off,
    say_rows_about,
)
from services.ingest.queries.imports import (
    FAILED,
    FINISHED,
    NEEDS_DECISION,
    NEEDS_MAPPING,
    TAKEN_BACK,
    find_import,
)
from services.ingest.queries.tally_columns import read_tally
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from shared.database import DATABASE_ERRORS, begin
from shared.errors import Conflict, Rejected, Retryable
from shared.logs import logger

MOST_ATTEMPTS = 20
_GAVE_UP = (
    f"it was begun {MOST_ATTEMPTS} times and never came to its end: an error of ours, which is in "
    "the log; once that is mended, send the file again"
)
_NOT_A_VALUE = (
    "a value in it is none that the database can keep: look for characters or numbers that no "
    "ledger prints"
)
_ASKED = {"map": NEEDS_MAPPING, "replaces": NEEDS_DECISION}
"""How an import goes on to wait whose answer can't be used, by the field at fault."""

Clock = Callable[[], datetime]
Ended = Callable[[str, Mapping[str, int]], None]
"""Hears in which state an import ended, and how many rows a finished one has by outcome."""

_ENDS = frozenset({FINISHED, FAILED, NEEDS_MAPPING, NEEDS_DECISION})


async def import_waiting(
    engine: AsyncEngine,
    clock: Clock,
    limits: Limits,
    worker: UUID | None = None,
    ended: Ended = lambda *_: None,
) -> int:
    """Import what waits until nothing does; how many imports were taken up.

    What is cut short goes on where it ended: whoever takes it up next reads the kept bytes. Where
    the database fails, a command line is importing the same file, or what it may state anew is not
    imported whole, the import alone waits, and fails once it was tried too often; what nobody
    foresaw fails it at once. Raises what the database raises where it is away altogether.
    `worker` names the process for who finds it dead, `ended` hears of each import that came to an
    end.
    """
    worker = worker or uuid4()
    taken = 0
    while True:
        async with _claimed(engine, worker) as request:
            if request is None:
                return taken
            taken += 1
            await _import(engine, request, clock, limits)
            await _tell(engine, request.import_id, ended)


@asynccontextmanager
async def _claimed(engine: AsyncEngine, worker: UUID) -> AsyncIterator[Row[Any] | None]:
    """The next import, claimed by the session of one connection: a killed process lets go of it."""
    async with engine.connect() as connection:
        session = await connection.execution_options(isolation_level="AUTOCOMMIT")
        request = await claim_request(session, worker)
        try:
            yield request
        finally:
            if request is not None:
                await let_go(session, request.import_id)


async def _import(engine: AsyncEngine, request: Row[Any], clock: Clock, limits: Limits) -> None:
    said = {"import_id": str(request.import_id), "buyer": request.buyer, "file": request.name}
    if request.attempts > MOST_ATTEMPTS:
        await _fail(engine, request, Rejected(_GAVE_UP), clock(), stood_at=request.read)
        return
    try:
        run = await _import_kept(engine, request, clock, limits)
    except Conflict as error:
        await _wait_or_give_up(engine, request, error, clock())
    except Rejected as error:
        if await _fail(engine, request, error, clock()):
            logger.warning("import.failed", reason=str(error), **said)
    except (Retryable, *DATABASE_ERRORS) as error:
        if not _is_of_the_text(error):
            await _put_off(engine, request, error)
            return
        await _fail(engine, request, Rejected(_NOT_A_VALUE), clock())
        logger.warning("import.failed", reason=type(error).__name__, **said)
    except Exception as error:  # noqa: BLE001 - one file that nobody foresaw stops no other
        logger.exception("import.failed", **said)
        await _fail(engine, request, Rejected(_unforeseen(error)), clock())
    else:
        logger.info("import.done", state=run.state, rows=run.tally.read, **said)


async def _tell(engine: AsyncEngine, import_id: UUID, ended: Ended) -> None:
    async with engine.connect() as connection:
        found = await find_import(connection, import_id)
    if found is None or found.state not in _ENDS:
        return
    tally = read_tally(found)
    rows = {
        "accepted": tally.accepted.rows,
        "known": tally.already_known.rows,
        "rejected": tally.rejected.rows,
        "skipped": tally.skipped.rows,
    }
    ended(found.state, rows if found.state == FINISHED else {})


async def _wait_or_give_up(
    engine: AsyncEngine, request: Row[Any], error: Conflict, now: datetime
) -> None:
    log = logger.bind(import_id=str(request.import_id), buyer=request.buyer, file=request.name)
    if await _is_taken_back(engine, request):
        log.info("import.taken_back")
    elif request.attempts >= MOST_ATTEMPTS and await _fail(
        engine, request, Rejected(str(error)), now, stood_at=request.read
    ):
        log.warning("import.failed", reason=str(error))
    else:
        await _put_off(engine, request, error)


async def _import_kept(engine: AsyncEngine, request: Row[Any], clock: Clock, limits: Limits) -> Run:
    with TemporaryDirectory(prefix="localpound-") as folder:
        path = Path(folder) / "file"
        async with engine.connect() as connection:
            await unpack_file(connection, request.digest, path)
        with open_file(path, limits, request.name) as opened:
            rows = sum(sheet.rows_about or 0 for sheet in opened.sheets)
        async with begin(engine) as tx:
            await say_rows_about(tx, request.import_id, rows)
        return await import_file(
            *(engine, path, request.buyer, clock, lambda *_: None),
            anyway=request.anyway,
            mapped=request.mapped,
            replaces=None if request.replaces is None else str(request.replaces),
            adds=request.adds,
            name=request.name,
            limits=limits,
            asked=str(request.import_id),
        )


def _is_of_the_text(error: Exception) -> bool:
    """Whether the database refused a value, which it was given as the file has it."""
    cause = getattr(error.orig, "__cause__", None) if isinstance(error, DBAPIError) else error
    return isinstance(cause, asyncpg.DataError)


def _unforeseen(error: Exception) -> str:
    return (
        f"unforeseen: {repr(error)[:300]}: an error of ours, which is in the log; once that "
        "is mended, send the file again"
    )


async def _put_off(engine: AsyncEngine, request: Row[Any], error: Exception) -> None:
    logger.warning("import.put_off", import_id=str(request.import_id), error=repr(error))
    async with begin(engine) as tx:
        await put_off(tx, request)


async def _is_taken_back(engine: AsyncEngine, request: Row[Any]) -> bool:
    async with engine.connect() as connection:
        found = await find_import(connection, request.import_id)
    return found is not None and found.state == TAKEN_BACK


async def _fail(
    engine: AsyncEngine,
    request: Row[Any],
    error: Rejected,
    now: datetime,
    *,
    stood_at: int | None = None,
) -> bool:
    state, failed = _ASKED.get(error.field, FAILED), (request.import_id, error.reason)
    async with begin(engine) as tx:
        return await fail_import(tx, *failed, state, now, stood_at=stood_at)
