"""Tokens that were taken back one by one: their ids (`jti`), a line each, in a file of all doors.

Doors share no table, as each service has a database of its own; a file they can share as they share
the key. Behind an id stands what people want to remember of it.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from shared.errors import Misconfigured
from shared.logs import logger

_READ_EVERY_SECONDS = 2.0


class Revoked:
    """Which tokens were taken back, as the file has it: looked at anew after two seconds at most.

    Misconfigured where it can't be read to begin with; one that is not there yet holds none. What
    can't be read later, or is gone, holds what it held.
    """

    def __init__(self, file: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._file, self._clock = file, clock
        self._ids: frozenset[str] = frozenset()
        self._looked_at = clock()
        self._version: tuple[int, ...] | None = None
        if file is not None:
            try:
                self._look(file)
            except (OSError, UnicodeDecodeError) as error:
                raise Misconfigured(f"LOCALPOUND_REVOKED_TOKENS {file}: {error}") from error

    def holds(self, token_id: str) -> bool:
        """Whether the token of this id was taken back."""
        now = self._clock()
        if self._file is not None and now - self._looked_at >= _READ_EVERY_SECONDS:
            self._looked_at = now
            try:
                self._look(self._file)
            except (OSError, UnicodeDecodeError) as error:
                logger.warning("revoked_tokens.not_read", file=str(self._file), error=repr(error))
        return token_id in self._ids

    def _look(self, file: Path) -> None:
        try:
            said = file.stat()
        except FileNotFoundError:
            if self._version is None:
                return
            raise
        version = said.st_ino, said.st_size, said.st_mtime_ns
        if version != self._version:
            self._ids, self._version = read_revoked(file), version


def read_revoked(file: Path) -> frozenset[str]:
    """The ids in a file; none where there is no file."""
    if not file.exists():
        return frozenset()
    # Editors may begin a file with a byte order mark, which is none of the first id.
    lines = (line.split() for line in file.read_text("utf-8-sig").splitlines())
    return frozenset(words[0] for words in lines if words)


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
