"""Has the files that wait imported, in a process beside the service."""

import asyncio
import contextlib
import random
import sys
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.imports.import_process import PROGRAM, describe
from services.ingest.queries.import_requests import is_any_waiting
from services.ingest.settings import Settings
from shared.database import DATABASE_ERRORS
from shared.logs import logger

_LOOK_SECONDS = 2.0
_LONGEST_PAUSE = 60.0
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
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", PROGRAM, stdin=asyncio.subprocess.PIPE, cwd=_ROOT
        )
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(describe(self._settings))
                await process.stdin.drain()
            code = await process.wait()
            return f"the importing process ended with code {code}" if code else ""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
