"""Tokens that were taken back one by one: their ids (`jti`), a line each, in a file of all doors.

Doors share no table, as each service has a database of its own; a file they can share as they share
the key. Behind an id stands what people want to remember of it.
"""

import asyncio
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from shared.errors import Misconfigured
from shared.logs import logger

_READ_EVERY_SECONDS = 2.0
_OLD_SECONDS = 10.0
"""What was found so long ago answers nobody while the file is read: a door that is seldom asked
would let in who was revoked since.
"""

_Version = tuple[int, ...]


class _Found(NamedTuple):
    """The ids of all lines that were ever found, and those of them whose lines are gone."""

    ids: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


class Revoked:
    """Which tokens were taken back, as the file has it: looked at anew after two seconds at most.

    Misconfigured where it can't be read to begin with; one that is not there yet holds none. What
    can't be read later, or is gone, holds what it held, and an id whose line is gone stays revoked
    for the life of the process.
    """

    def __init__(self, file: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._clock = file, clock
        self._found = _Found()
        self._looked_at = self._held_at = clock()
        self._version: _Version | None = None
        self._reading: asyncio.Task[None] | None = None
        if file is None:
            return
        try:
            self._version = _version_of(file)
            if self._version is not None:
                self._found = _read_on(file, self._found)
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"LOCALPOUND_REVOKED_TOKENS {file}: {error}") from error

    async def holds(self, token_id: str) -> bool:
        """Whether the token of this id was taken back.

        While a file that changed is read, what was found before answers, unless that is old.
        """
        now = self._clock()
        due = self._reading is None and now - self._looked_at >= _READ_EVERY_SECONDS
        if self._file is not None and due:
            self._looked_at = now
            self._look(self._file, now)
        old = self._version is None or now - self._held_at >= _OLD_SECONDS
        if self._reading is not None and old:
            await asyncio.wait([self._reading])
        return token_id in self._found.ids

    def _look(self, file: Path, now: float) -> None:
        try:
            version = _version_of(file)
        except OSError as error:
            _say_not_read(file, repr(error))
            return
        if version == self._version:
            self._held_at = now
        elif version is None:
            _say_not_read(file, "it is gone")
        else:
            self._reading = asyncio.create_task(self._read(file, version, now))

    async def _read(self, file: Path, version: _Version, now: float) -> None:
        try:
            self._found = await asyncio.to_thread(_read_on, file, self._found)
            self._version, self._held_at = version, now
        except (OSError, UnicodeDecodeError) as error:
            _say_not_read(file, repr(error))
        finally:
            self._reading = None


def read_revoked(file: Path) -> frozenset[str]:
    """The ids in a file; none where there is no file."""
    if not file.exists():
        return frozenset()
    # Editors may begin a file with a byte order mark, which is none of the first id.
    with file.open(encoding="utf-8-sig") as lines:
        # Line by line: other threads have their turn between two.
        return frozenset(words[0] for line in lines if (words := line.split(maxsplit=1)))


def _read_on(file: Path, before: _Found) -> _Found:
    """What is found now, and what was found before; lines that are gone since are told."""
    ids = read_revoked(file)
    gone = frozenset(each for each in before.ids if each not in ids)
    if lost := len(gone - before.gone):
        logger.warning(
            "revoked_tokens.lines_gone",
            file=str(file),
            ids=lost,
            hint="they stay revoked here until this service starts anew, and are not revoked then",
        )
    return _Found(ids | gone if gone else ids, gone)


def _version_of(file: Path) -> _Version | None:
    """What changes with the file; None where there is none."""
    try:
        said = file.stat()
    except FileNotFoundError:
        return None
    return said.st_ino, said.st_size, said.st_mtime_ns


def _say_not_read(file: Path, error: str) -> None:
    logger.warning("revoked_tokens.not_read", file=str(file), error=error)


def revoke(file: Path, token_id: str, now: datetime) -> bool:
    """Add a token to the file; False where it stands there already. OSError: it can't be written.

    A line that the last writer left open is ended first; what was written is on disk.
    """
    if token_id in read_revoked(file):
        return False
    with file.open("a+b") as opened:
        if opened.seek(0, os.SEEK_END):
            opened.seek(-1, os.SEEK_END)
            if opened.read(1) != b"\n":
                opened.write(b"\n")
        opened.write(f"{token_id} {now:%Y-%m-%dT%H:%M:%SZ}\n".encode())
        opened.flush()
        os.fsync(opened.fileno())
    return True
