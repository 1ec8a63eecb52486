"""Files as tables, a row at a time: Parquet, and CSV as UTF-8 or Windows-1252."""

import codecs
import csv
import hashlib
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.ingest.sources.csv_rows import Broken, Row, Torn, read_csv, read_header
from services.ingest.sources.parquet_rows import count_rows, read_names, read_parquet
from shared.errors import Rejected

_CHUNK = 1 << 20
_PARQUET = {".parquet"}
_CSV = {".csv", ".txt"}


@dataclass(frozen=True)
class Scan:
    """What one look through a file tells: its digest, and how it must be read."""

    path: Path
    digest: str
    encoding: str
    rows: int
    """Rows of the table; of a CSV file its line ends, a little more where fields span lines."""


def scan(path: Path) -> Scan:
    """Look through the whole file once. Rejected: it is no file, or of a kind not read here."""
    _check_file(path)
    digest, lines, encoding = hashlib.sha256(), 0, "utf-8-sig"
    decoder = codecs.getincrementaldecoder("utf-8")()
    parquet = path.suffix.lower() in _PARQUET
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                if parquet:
                    continue
                lines += chunk.count(b"\n")
                if encoding == "utf-8-sig":
                    encoding = _still(decoder, chunk, final=False)
    except OSError as error:
        raise Rejected(f"{path} can't be read: {error.strerror}") from error
    if encoding == "utf-8-sig" and not parquet:
        encoding = _still(decoder, b"", final=True)
    rows = count_rows(path) if parquet else max(0, lines - 1)
    return Scan(path, digest.hexdigest(), encoding, rows)


def _check_file(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        shown = str(path.name).encode(errors="surrogateescape").decode(errors="backslashreplace")
        raise Rejected(f"the file name {shown} is not UTF-8: rename the file") from error
    if path.suffix.lower() not in _PARQUET | _CSV:
        raise Rejected(f"{path.name} is neither .parquet nor .csv")
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise Rejected(f"{path} can't be read: {error.strerror}") from error
    if not stat.S_ISREG(mode):  # a pipe would never end, and could not be read twice
        raise Rejected(f"{path} is no file, but a folder, a pipe or a device")


def _still(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> str:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def header_of(scanned: Scan) -> list[str]:
    """The names of the columns, trimmed."""
    if scanned.path.suffix.lower() in _PARQUET:
        return [name.strip() for name in read_names(scanned.path)]
    with _open(scanned) as file:
        try:
            return [name.strip() for name in read_header(file)]
        except csv.Error as error:
            raise Rejected(f"{scanned.path.name} has no header that can be read") from error


def read_rows(scanned: Scan, torn: Torn = lambda _: False) -> Iterator[Row | Broken]:
    """The rows after the header, in order; one of a CSV file may have more fields than that.

    `torn` says of a row that spans several lines whether it is several rows.
    """
    if scanned.path.suffix.lower() in _PARQUET:
        yield from read_parquet(scanned.path)
        return
    with _open(scanned) as file:
        yield from read_csv(file, torn)


def _open(scanned: Scan) -> Any:
    # Windows-1252 leaves five bytes without a character; such a row is refused, not the file.
    errors = "strict" if scanned.encoding == "utf-8-sig" else "surrogateescape"
    return closing(scanned.path.open(encoding=scanned.encoding, errors=errors, newline=""))
