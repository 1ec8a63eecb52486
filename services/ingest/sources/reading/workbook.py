"""Workbooks that a library reads whole (XLS, XLSB, ODS), in a process of their own."""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgpack

from services.ingest.sources.reading.limits import MEGABYTE, Limits
from services.ingest.sources.reading.numbers import as_shown
from services.ingest.sources.reading.sheet import Cell, Row, Sheet, SheetRow, Torn
from services.ingest.sources.reading.workbook_process import DAY, MOMENT, REFUSED, ROWS, SIZE
from shared.errors import Rejected, Retryable

_PROGRAM = "services.ingest.sources.reading.workbook_process"
_LARGEST_FRAME = 1 << 30


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
            )
        except OSError as error:
            raise Retryable(f"no process could be started to read a workbook: {error}") from error

    def ask(self, request: dict[str, Any], seconds: float) -> Iterator[tuple[int, Any]]:
        """The frames of the answer, the last one too. Raises _Ended, and TimeoutError."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        try:
            body = msgpack.packb(request)
            self._process.stdin.write(SIZE.pack(len(body)) + body)
        except OSError as error:
            raise _Ended from error
        kind = ROWS
        while kind == ROWS:
            until = time.monotonic() + seconds
            size = SIZE.unpack(self._take(SIZE.size, until))[0]
            body = self._take(min(size, _LARGEST_FRAME), until)
            kind, content = msgpack.unpackb(
                body, ext_hook=_unpacked, unicode_errors="surrogatepass", strict_map_key=False
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
"""At most one that waits for the next workbook: a start takes a tenth of a second."""


def open_workbook(
    path: Path, what: str, limits: Limits, member: str = "", notes: tuple[str, ...] = ()
) -> Iterator[Sheet]:
    """The sheets that have cells. Rejected: damaged, locked by a password, or too large."""
    for _, sheets in _ask(path, what, limits, None):
        for name, hidden in sheets:
            yield Sheet(
                partial(_read_sheet, path, what, limits, name), member, name, hidden, notes=notes
            )


def _read_sheet(path: Path, what: str, limits: Limits, name: str, _: Torn) -> Iterator[SheetRow]:
    for first, rows in _ask(path, what, limits, name):
        for number, row in enumerate(rows, first):
            yield SheetRow(number, _read_row(row))


def _read_row(row: list[Any]) -> Row:
    return tuple([_read_cell(value) for value in row])


def _read_cell(value: Any) -> Cell:
    if value == "":
        return None
    return as_shown(value) if type(value) is float else value


def _ask(path: Path, what: str, limits: Limits, sheet: str | None) -> Iterator[tuple[int, Any]]:
    """What each frame of the answer holds."""
    process = _idle.pop() if _idle else _Process(limits.workbook_memory)
    if process.memory != limits.workbook_memory:
        process.end()
        process = _Process(limits.workbook_memory)
    answered = False
    try:
        request = {"path": str(path), "sheet": sheet}
        for kind, content in process.ask(request, limits.workbook_seconds):
            answered = kind != ROWS
            if kind == REFUSED:
                raise Rejected(_refusal(what, content))
            if kind == ROWS:
                yield content
    except TimeoutError as error:
        raise Rejected(
            f"{what} takes longer than {limits.workbook_seconds:g} seconds to read: "
            "save it as XLSX or CSV"
        ) from error
    except _Ended as error:
        raise Rejected(
            f"{what} can't be read within {limits.workbook_memory // MEGABYTE:,} MB of memory, or "
            "is damaged: save it as XLSX or CSV"
        ) from error
    finally:
        if answered and not _idle:
            _idle.append(process)
        else:
            process.end()


def _refusal(what: str, said: str) -> str:
    if "assword" in said or "ncrypt" in said:
        return f"{what} is locked by a password: send it without one"
    return f"{what} is damaged, or no workbook that can be read: {said[:200]}"


def _unpacked(kind: int, content: bytes) -> date | str:
    text = content.decode(errors="replace")
    if kind == MOMENT:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if kind == DAY else text
