"""Has the files that wait imported, in a process beside the service."""

import asyncio
import contextlib
import random
import signal
import sys
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.clock import clock
from services.ingest.imports.import_process import PROGRAM, describe, read_end
from services.ingest.metrics import count_import
from services.ingest.queries.import_requests import (
    count_death,
    fail_import,
    is_any_waiting,
    put_off,
)
from services.ingest.queries.imports import FAILED as FAILED_IMPORT
from services.ingest.settings import Settings
from shared.command_line import FAILED
from shared.database import DATABASE_ERRORS, begin
from shared.logs import logger

_LOOK_SECONDS = 2.0
_LONGEST_PAUSE = 60.0
_MOST_DEATHS = 3
_DEADLY = (
    f"reading it ended the importing process {_MOST_DEATHS} times (out of memory, or an error of "
    "ours, which is in the log): it was stopped; once that is mended, or cut into smaller files, "
    "send it again"
)
_STOPPED = {-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}
"""How a process ends that somebody asked to end."""
_ROOT = Path(__file__).resolve().parent.parent.parent.parent


class ImportWorker:
    """One importing process at a time; each replica has its own, and each import is of one."""

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something waits: do not wait for the next look."""
        self._woken.set()

    async def run(self) -> None:
        """Look and import until cancelled; after a failure with a pause that grows."""
        pause = 1.0
        while True:
            self._woken.clear()
            try:
                waits = await is_any_waiting(self._engine)
                failure = await self._import() if waits else ""
            except DATABASE_ERRORS as error:
                failure = repr(error)
            if not failure:
                pause = 1.0
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _LOOK_SECONDS)
                continue
            logger.warning("imports.interrupted", reason=failure)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret
            pause = min(_LONGEST_PAUSE, pause * 2)

    async def _import(self) -> str:
        """Run the process to its end; how it failed, "" where it did not."""
        worker = uuid4()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", PROGRAM),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=_ROOT,
        )
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        assert process.stdout is not None  # noqa: S101
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(describe(self._settings, worker))
                await process.stdin.drain()
            async for line in process.stdout:
                count_import(*read_end(line))
            code = await process.wait()
            if not code:
                return ""
            failure = f"the importing process ended with code {code}"
            died = code != FAILED and code not in _STOPPED
            return "" if died and await self._blame(worker, failure) else failure
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _blame(self, worker: UUID, failure: str) -> bool:
        """Hold the end of a process against the import that it was at; False: it was at none."""
        async with begin(self._engine) as tx:
            request = await count_death(tx, worker)
            if request is None:
                return False
            said = {"import_id": str(request.import_id), "buyer": request.buyer}
            logger.error("import.died", deaths=request.deaths, reason=failure, **said)
            if request.deaths < _MOST_DEATHS:
                await put_off(tx, request)
            else:
                await fail_import(tx, request.import_id, _DEADLY, FAILED_IMPORT, clock())
        self._woken.set()  # other files go on at once
        return True
