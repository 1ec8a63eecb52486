"""A file that was sent, opened: its digest and its sheets, whatever kind it is."""

import hashlib
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.ingest.reading.find_sheets import Unread, find_sheets
from services.ingest.reading.limits import Limits
from services.ingest.reading.sheet import Sheet
from shared.errors import Rejected


@dataclass(frozen=True)
class OpenedFile:
    """`digest` is the SHA-256 of its bytes, in hexadecimal; `name` is its sender's, without folder.

    `unread` are the members of a zip that hold no table, and why.
    """

    path: Path
    name: str
    digest: str
    sheets: tuple[Sheet, ...]
    unread: tuple[Unread, ...] = ()


@contextmanager
def open_file(path: Path, limits: Limits, name: str | None = None) -> Iterator[OpenedFile]:
    """Look through the whole file once and find its sheets, which can be read until it is closed.

    `name` is what its sender calls it, where it lies under another one. Rejected: it is no file, of
    a kind that is not read, damaged, locked by a password, or more than the limits allow.
    """
    _check_file(path, limits)
    name = path.name if name is None else name
    with ExitStack() as unpacked:
        try:
            found = list(find_sheets(path, name, limits, unpacked))
            digest = _digest(path)
        except OSError as error:
            raise Rejected(f"{path} can't be read: {error.strerror}") from error
        sheets = tuple(each for each in found if isinstance(each, Sheet))
        unread = tuple(each for each in found if isinstance(each, Unread))
        if not sheets:
            why = f": {unread[0].reason}" if unread else ""
            raise Rejected(f"{name} holds no table{why}")
        yield OpenedFile(path, name, digest, sheets, unread)


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


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
