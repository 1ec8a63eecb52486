"""Asks the readers' process, which may be waited for only so long and may die."""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgpack

from services.ingest.reading.limits import MEGABYTE, Limits
from services.ingest.reading.reader_process import (
    DAY,
    EXACT,
    MOMENT,
    REFUSED,
    ROWS,
    SIZE,
)
from shared.errors import Rejected, Retryable

_PROGRAM = "services.ingest.reading.reader_process"
_LONGEST_SAID = 200
# To trace a panic takes more memory than the limit leaves, and then never ends.
_ENVIRONMENT = {"POLARS_MAX_THREADS": "2", "RUST_BACKTRACE": "0"}


class _Ended(Exception):
    """The process ended before its answer did."""


class _Process:
    """One process, which answers one request at a time."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", _PROGRAM, str(memory)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                process_group=0,  # Ctrl-C is for who reads: a reader that ends looks like harm
                env={**os.environ, **_ENVIRONMENT},
            )
        except OSError as error:
            raise Retryable(f"no process could be started to read a file: {error}") from error

    def ask(self, request: dict[str, Any], seconds: float) -> Iterator[tuple[int, Any]]:
        """The frames of the answer, the last one too. Raises _Ended, and TimeoutError."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        body = msgpack.packb(request)
        try:
            self._process.stdin.write(SIZE.pack(len(body)) + body)
        except OSError as error:
            raise _Ended from error
        kind = ROWS
        while kind == ROWS:
            until = time.monotonic() + seconds
            size = SIZE.unpack(self._take(SIZE.size, until))[0]
            body = self._take(size, until)
            kind, content = msgpack.unpackb(
                body,
                ext_hook=_unpacked,
                unicode_errors="surrogatepass",
                strict_map_key=False,
                use_list=False,
            )
            yield kind, content

    def _take(self, size: int, until: float) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        descriptor = self._process.stdout.fileno()
        taken = bytearray()
        while len(taken) < size:
            left = until - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise TimeoutError
            if not (piece := os.read(descriptor, size - len(taken))):
                raise _Ended
            taken += piece
        return bytes(taken)

    def end(self) -> None:
        """Stop it, whatever it is at."""
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.communicate()


_idle: list[_Process] = []
"""At most one that waits for the next file: a start takes a tenth of a second."""


def ask(
    path: Path, what: str, limits: Limits, request: dict[str, Any]
) -> Iterator[tuple[int, Any]]:
    """The number of the first row and the rows, batch by batch.

    Rejected: what the library said of the file, that it took too long, or more memory than the
    limit.
    """
    process = _idle.pop() if _idle else _Process(limits.reader_memory)
    if process.memory != limits.reader_memory:
        process.end()
        process = _Process(limits.reader_memory)
    answered = False
    try:
        for kind, content in process.ask({**request, "path": str(path)}, limits.reader_seconds):
            answered = kind != ROWS
            if kind == REFUSED:
                raise Rejected(str(content)[:_LONGEST_SAID].replace(str(path), what))
            if kind == ROWS:
                yield content
    except TimeoutError as error:
        raise Rejected(f"it takes longer than {limits.reader_seconds:g} seconds") from error
    except _Ended as error:
        raise Rejected(
            f"it is damaged, or takes more than {limits.reader_memory // MEGABYTE:,} MB of memory"
        ) from error
    finally:
        if answered and not _idle:
            _idle.append(process)
        else:
            process.end()


def _unpacked(kind: int, content: bytes) -> date | Decimal | str:
    text = content.decode(errors="replace")
    if kind == MOMENT:
        return datetime.fromisoformat(text)
    if kind == EXACT:
        return Decimal(text)
    return date.fromisoformat(text) if kind == DAY else text
