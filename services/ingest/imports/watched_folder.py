"""A folder that is looked into: what lies in a buyer's own folder is imported, then moved.

`<folder>/<org-id>/april.csv` goes to `done/` beside it, or to `refused/` with a text that says
why. Which files were imported is known by their bytes: a service that was killed in between moves
what it had imported, and imports nothing twice; a file whose bytes came before it goes to `done/`
with a text that says as which import.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.imports.bring_file import bring_file, say_taken_back
from services.ingest.imports.folder_files import (
    DONE,
    REFUSED,
    Found,
    Stamp,
    copy_whole,
    find_waiting,
    move_file,
)
from services.ingest.imports.receive_upload import plain_name
from services.ingest.imports.same_bytes import same_bytes
from services.ingest.queries.import_requests import find_requests
from services.ingest.queries.imports import FAILED, FINISHED, TAKEN_BACK, WAITING, find_import
from services.ingest.settings import Settings
from shared.database import DATABASE_ERRORS, begin
from shared.errors import Conflict, Misconfigured, Rejected
from shared.logs import logger

_LOOK_SECONDS = 1.0
_WHO = "watched folder"


class _Known(NamedTuple):
    """A file as it was when it was first seen so, and its import once it was brought.

    `told` says which import it is, where its bytes were brought before it was put there.
    """

    stamp: Stamp
    since: float
    import_id: str | None = None
    told: str = ""


class WatchedFolder:
    """Brings the files of one folder; `wake` tells who imports that something waits."""

    def __init__(
        self,
        engine: AsyncEngine,
        folder: Path,
        settings: Settings,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._folder = folder
        self._settings = settings
        self._clock = clock
        self._wake = wake
        self._known: dict[Path, _Known] = {}
        self._said: set[Path] = set()

    async def check(self) -> None:
        """Misconfigured: there is no such folder."""
        if not await asyncio.to_thread(self._folder.is_dir):
            raise Misconfigured(
                f"LOCALPOUND_INGEST_WATCHED_FOLDER: {self._folder} is no folder that can be read"
            )

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Look once: bring what is whole, move what is imported or refused."""
        try:
            found = await asyncio.to_thread(find_waiting, self._folder)
        except OSError as error:
            logger.warning("folder.not_read", folder=str(self._folder), error=repr(error))
            return
        paths = {each.path for each in found}
        self._known = {path: known for path, known in self._known.items() if path in paths}
        self._said &= paths
        for each in found:
            try:
                await self._follow(each)
            except (FileNotFoundError, Conflict):  # it vanished, or was changed while it was read
                self._known.pop(each.path, None)
            except DATABASE_ERRORS as error:  # those of the file's own medium too
                logger.warning("folder.interrupted", file=each.path.name, error=repr(error))

    async def _follow(self, file: Found) -> None:
        known = self._known.get(file.path)
        now = time.monotonic()
        if known is None or known.stamp != file.stamp:
            known = self._known[file.path] = _Known(file.stamp, now)
        if file.link:
            await self._move(file, REFUSED, "it is a symbolic link: put the file itself here")
        elif known.import_id is not None:
            await self._settle(file, UUID(known.import_id))
        elif now - known.since >= self._settings.watched_seconds:
            await self._bring(file, known)

    async def _bring(self, file: Found, known: _Known) -> None:
        name = plain_name(file.path.name.encode(errors="surrogateescape"))
        with TemporaryDirectory(prefix="localpound-") as folder:
            copy = Path(folder) / "file"
            try:
                digest = await asyncio.to_thread(
                    copy_whole, file, copy, self._settings.limits.file_bytes
                )
                async with begin(self._engine) as tx:
                    brought = await bring_file(
                        *(tx, copy, name, digest, file.buyer, _WHO, self._clock()),
                        speaks_for=lambda _: False,  # who sees the folder is not known
                        lain_since=file.put_at,
                    )
                    told = "" if brought.new else await _say_known(tx, file, brought.import_id)
            except Rejected as error:
                await self._move(file, REFUSED, error.reason)
                return
        self._known[file.path] = known._replace(import_id=brought.import_id, told=told)
        self._wake()
        await self._settle(file, UUID(brought.import_id))

    async def _settle(self, file: Found, import_id: UUID) -> None:
        async with self._engine.connect() as connection:
            row = await find_import(connection, import_id)
            request = (await find_requests(connection, [import_id])).get(import_id)
        state = None if row is None else row.state
        if state == FINISHED:
            await self._move(file, DONE, self._known[file.path].told)
        elif state == FAILED:
            reason = None if request is None else request.failure
            await self._move(file, REFUSED, reason or "it could not be imported")
        elif state == TAKEN_BACK and row is not None:
            await self._move(file, REFUSED, say_taken_back(row))
        elif state in WAITING and file.path not in self._said:
            self._said.add(file.path)
            logger.warning("folder.file_waits", file=file.path.name, import_id=str(import_id))

    async def _move(self, file: Found, where: str, reason: str = "") -> None:
        moved = await asyncio.to_thread(move_file, file, where, reason)
        self._known.pop(file.path, None)
        logger.info(
            "folder.moved", buyer=file.buyer, file=moved.name, to=where, reason=reason or None
        )


async def _say_known(connection: AsyncConnection, file: Found, import_id: str) -> str:
    """Which import a file is whose bytes came before it; "" where it is the one that was brought.

    A service that was killed before it moved a file finds that known too.
    """
    row = await find_import(connection, UUID(import_id))
    if row is None or file.put_at <= row.started_at:
        return ""
    return f"it adds nothing: its very bytes were imported {same_bytes(row).told}"
