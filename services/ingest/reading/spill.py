"""What one file holds too much of for memory, in a temporary file beside it."""

import os
import weakref
from pathlib import Path
from tempfile import gettempdir, mkstemp
from typing import NamedTuple

from shared.errors import Retryable


class Piece(NamedTuple):
    """Where bytes lie that were put."""

    start: int
    size: int


class Spill:
    """Bytes by the place where they were put; the file is made by the first of them.

    It has no name, so that nothing of it stays, and takes one descriptor, however much is put.
    Retryable where there is no room: it is not the sender's file that is amiss.
    """

    def __init__(self) -> None:
        self._descriptor: int | None = None
        self._end = 0

    def put(self, said: bytes) -> Piece:
        """Write these behind what is there."""
        piece = Piece(self._end, len(said))
        try:
            if self._descriptor is None:
                self._descriptor = self._open()
            written = 0
            while written < len(said):
                written += os.pwrite(self._descriptor, said[written:], self._end + written)
        except OSError as error:
            raise Retryable(
                f"a temporary file in {gettempdir()} can't be written ({error.strerror}): make "
                "room, or name another folder by TMPDIR"
            ) from error
        self._end += len(said)
        return piece

    def read(self, piece: Piece) -> bytes:
        """What lies there."""
        if self._descriptor is None:
            return b""
        return os.pread(self._descriptor, piece.size, piece.start)

    def _open(self) -> int:
        descriptor, name = mkstemp(prefix="localpound-")
        weakref.finalize(self, os.close, descriptor)
        Path(name).unlink()
        return descriptor
