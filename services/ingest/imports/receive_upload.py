"""A multipart upload, written to disk while it arrives: its one file, and its short fields.

RFC 7578. Nothing of a file's name becomes a path: it is kept as text, the bytes lie under a name of
our own in a folder that is gone when the request is done.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.errors import Rejected

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks  # it has it for type checkers only

FILE = "file"
BESIDE = 64 * 1024
"""Bytes that the fields and the frame of an upload may have beside the file."""
_LONGEST_NAME = 200
_LONGEST_FIELD = 4096
_UNNAMED = "upload"
_TRUNCATED = "The upload ended before its closing boundary: nothing of it was kept"


@dataclass(frozen=True)
class Upload:
    """A file that arrived whole: where it lies, its sender's name for it, its SHA-256 in hex."""

    path: Path
    name: str
    digest: str
    fields: dict[str, str]


@asynccontextmanager
async def receive_upload(
    request: Request, known: frozenset[str], most: int
) -> AsyncIterator[Upload]:
    """The upload of a request, until the block ends; `known` are the fields it may have besides.

    400 for a truncated or damaged body, 413 for more than `most` bytes of a file, 415 for another
    content type. Rejected: no file, several, or a field that is not known or too long.
    """
    content_type, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if content_type != b"multipart/form-data" or not boundary:
        raise HTTPException(415, "the content type must be multipart/form-data with a boundary")
    claimed = request.headers.get("content-length", "")
    if claimed.isdecimal() and int(claimed) > most + BESIDE:
        raise too_large(most)
    with TemporaryDirectory(prefix="localpound-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            parts = _Parts(file, known, most)
            try:
                await _read(request, MultipartParser(boundary, parts.callbacks()), parts)
            except FormParserError as error:
                raise HTTPException(400, f"The body is no multipart upload: {error}") from error
            except ClientDisconnect as error:
                raise HTTPException(400, _TRUNCATED) from error
        if not parts.ended:
            raise HTTPException(400, _TRUNCATED)
        if parts.name is None:
            raise Rejected(f"the upload has no part `{FILE}` with a file", FILE)
        yield Upload(path, parts.name, parts.digest.hexdigest(), parts.fields)


async def _read(request: Request, parser: MultipartParser, parts: "_Parts") -> None:
    async for piece in request.stream():
        parser.write(piece)
        if parts.pending:
            await asyncio.to_thread(parts.write_pending)
    parser.finalize()


def too_large(most: int) -> HTTPException:
    """What the sender of a file that is too large is told."""
    return HTTPException(413, f"A file may have {most:,} bytes at most")


@dataclass
class _Parts:
    """Takes the parser's callbacks: bytes of the file wait in `pending` until they are written."""

    file: BinaryIO
    known: frozenset[str]
    most: int
    fields: dict[str, str] = field(default_factory=dict)
    name: str | None = None
    ended: bool = False
    pending: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256()
        self._size = 0
        self._header = self._value = b""
        self._disposition: dict[bytes, bytes] = {}
        self._field: str | None = None
        self._text = b""

    def callbacks(self) -> "MultipartCallbacks":
        """By the names that the parser calls them."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def write_pending(self) -> None:
        """Write what has arrived of the file, and count it into its digest."""
        for piece in self.pending:
            self.digest.update(piece)
            self.file.write(piece)
        self.pending.clear()

    def _begin(self) -> None:
        self._disposition, self._field, self._text = {}, None, b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = parse_options_header(self._value.decode("latin-1"))[1]
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        name = self._disposition.get(b"name", b"").decode(errors="replace")
        if name == FILE:
            if self.name is not None:
                raise Rejected("one file may be sent at a time", FILE)
            self.name = plain_name(self._disposition.get(b"filename", b""))
            return
        if name not in self.known:
            known = ", ".join(sorted({FILE, *self.known}))
            raise Rejected(f"{name[:80]!r} is no field of an upload; known are: {known}", name[:80])
        if name in self.fields:
            raise Rejected(f"{name} is given twice", name)
        self._field = name

    def _data(self, data: bytes, start: int, end: int) -> None:
        piece = bytes(data[start:end])
        if self._field is None:
            self._size += len(piece)
            if self._size > self.most:
                raise too_large(self.most)
            self.pending.append(piece)
            return
        self._text += piece
        if len(self._text) > _LONGEST_FIELD:
            raise Rejected(f"{self._field} is too long", self._field)

    def _part_end(self) -> None:
        if self._field is not None:
            self.fields[self._field] = self._text.decode(errors="replace").strip()

    def _end(self) -> None:
        self.ended = True


def plain_name(sent: bytes) -> str:
    """The name of a file as text that can be shown, without folders and control characters."""
    text = sent.decode(errors="replace").replace("\\", "/").rpartition("/")[2]
    shown = "".join(character for character in text if character.isprintable()).strip()
    if len(shown) > _LONGEST_NAME:  # its end says what it is
        shown = shown[-_LONGEST_NAME:]
    return shown if shown.strip(".") else _UNNAMED
