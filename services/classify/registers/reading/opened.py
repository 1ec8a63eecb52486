"""A published file as text: plain, gzipped, or the one table in a zip; bounded, whatever it holds.

A zip may hold a description beside its table (the Organisation Data Service puts a PDF there): the
table is the one member that ends in .csv, .txt or .json.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, TextIO, cast

from shared.errors import Rejected

OpenFile = Callable[[Path], BinaryIO]

LONGEST_LINE = 4_000_000
"""Characters; the longest line of a register that is published has some 60,000."""

# Tables of registers shrink to a fifth or, where most cells are empty, to a fiftieth.
_MOST_EXPANSION = 200
_ALWAYS_ALLOWED = 100_000_000
_BUFFER = 1 << 18
_TABLES = (".csv", ".txt", ".json")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Opened(NamedTuple):
    """The text of a table, and the name of the file or of the member of a zip that holds it."""

    text: TextIO
    name: str


def open_file(path: Path) -> BinaryIO:
    """The file as bytes; a caller may give another opener that watches how far the reading is."""
    return path.open("rb")


@contextmanager
def open_text(path: Path, opener: OpenFile, encoding: str = "utf-8") -> Iterator[Opened]:
    """The table that a file holds, as text; a byte order mark overrules the encoding.

    Raises Rejected for what is no archive or holds no table. Reading raises what damage raises, and
    Rejected where a small file unpacks to a vast one.
    """
    with ExitStack() as stack:
        file = stack.enter_context(opener(path))
        most = max(_ALWAYS_ALLOWED, _MOST_EXPANSION * path.stat().st_size)
        name = path.name
        source: IO[bytes] = file
        if path.suffix == ".gz":
            source = cast("IO[bytes]", gzip.GzipFile(fileobj=file))
            name = path.stem
        elif path.suffix == ".zip":
            source, name = _member(path, file)
        bounded = io.BufferedReader(_Bounded(path, source, most), _BUFFER)
        mark = next((m for m in _MARKS if bounded.peek(3).startswith(m)), b"")
        text = io.TextIOWrapper(bounded, _MARKS.get(mark, encoding), newline="")
        yield Opened(stack.enter_context(text), name)


def _member(path: Path, file: BinaryIO) -> tuple[IO[bytes], str]:
    try:
        archive = zipfile.ZipFile(file)
        tables = [
            name
            for name in archive.namelist()
            if name.lower().endswith(_TABLES) and not name.startswith("__MACOSX/")
        ]
        if len(tables) != 1:
            raise Rejected(f"{path.name}: a zip of one table was expected, it holds {len(tables)}")
        return archive.open(tables[0]), tables[0]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise Rejected(f"{path.name}: not a zip file that can be read: {error}") from error


class _Bounded(io.RawIOBase):
    """Bytes of `source`, up to a bound: a zip bomb fills neither memory nor disk."""

    def __init__(self, path: Path, source: IO[bytes], most: int) -> None:
        self._path, self._source, self._left = path, source, most

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed asks for a type that no module names
        """Fill the buffer from the source."""
        chunk = self._source.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise Rejected(
                f"{self._path.name}: it unpacks to more than {_MOST_EXPANSION} times its size; "
                "no register does, so it was not read"
            )
        buffer[: len(chunk)] = chunk
        return len(chunk)
