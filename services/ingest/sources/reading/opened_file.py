"""A file that was sent, opened: its digest and its sheets, whatever kind it is."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.ingest.sources.reading.csv_rows import read_csv
from services.ingest.sources.reading.delimiter import find_delimiter
from services.ingest.sources.reading.kinds import HEAD_BYTES, Kind, find_kind
from services.ingest.sources.reading.limits import Limits
from services.ingest.sources.reading.parquet_rows import count_rows, read_parquet
from services.ingest.sources.reading.sheet import Sheet, SheetRow, Torn
from services.ingest.sources.reading.text import decode_head, find_encoding, open_text
from shared.errors import Rejected

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Unread:
    """A member of a zip that holds no table, and why."""

    member: str
    reason: str


@dataclass(frozen=True)
class OpenedFile:
    """`digest` is the SHA-256 of its bytes, in hexadecimal."""

    path: Path
    digest: str
    sheets: tuple[Sheet, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def name(self) -> str:
        """Without its folder."""
        return self.path.name


@contextmanager
def open_file(path: Path, limits: Limits) -> Iterator[OpenedFile]:
    """Look through the whole file once and find its sheets, which can be read until it is closed.

    Rejected: it is no file, of a kind that is not read, damaged, locked by a password, or more
    than the limits allow.
    """
    _check_file(path, limits)
    digest, lines = _look_through(path)
    yield OpenedFile(path, digest, tuple(_sheets(path, path.name, lines)))


def _check_file(path: Path, limits: Limits) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        shown = str(path.name).encode(errors="surrogateescape").decode(errors="backslashreplace")
        raise Rejected(f"the file name {shown} is not UTF-8: rename the file") from error
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise Rejected(f"{path} can't be read: {_said(error)}") from error
    if not stat.S_ISREG(status.st_mode):  # a pipe would never end, and could not be read twice
        raise Rejected(f"{path} is no file, but a folder, a pipe or a device")
    if status.st_size > limits.file_bytes:
        raise Rejected(
            f"{path.name} has {status.st_size:,} bytes; {limits.file_bytes:,} may be sent at most"
        )


def _said(error: OSError | ValueError) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else str(error)


def _look_through(path: Path) -> tuple[str, int]:
    """The digest and the number of line ends."""
    digest, lines = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                lines += chunk.count(b"\n")
    except OSError as error:
        raise Rejected(f"{path} can't be read: {error.strerror}") from error
    return digest.hexdigest(), lines


def _sheets(path: Path, name: str, lines: int) -> Iterator[Sheet]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    match find_kind(head, name):
        case Kind.PARQUET:
            rows = count_rows(path, name)
            yield Sheet(lambda _: read_parquet(path, name), rows_about=rows)
        case Kind.CSV:
            encoding = find_encoding(head)
            delimiter = find_delimiter(decode_head(head, encoding))
            read = partial(_read_text, path, encoding, delimiter)
            yield Sheet(read, rows_about=lines, delimiter=delimiter)
        case kind:
            raise Rejected(f"{name} is {os.fspath(kind.value)}, which is not read yet")


def _read_text(path: Path, encoding: str, delimiter: str, torn: Torn) -> Iterator[SheetRow]:
    with open_text(path, encoding) as file:
        yield from read_csv(file, delimiter, torn)
