"""Files as tables, a row at a time: Parquet, and CSV as UTF-8 or Windows-1252."""

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from shared.errors import Rejected

_CHUNK = 1 << 20
_ROWS_AT_ONCE = 20_000
_LONGEST_FIELD = 131_072
_PARQUET = {".parquet"}
_CSV = {".csv", ".txt"}

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Broken:
    """Lines of a file that do not make a row, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Scan:
    """What one look through a file tells: its digest, and how it must be read."""

    path: Path
    digest: str
    encoding: str
    rows: int
    """Rows of the table; of a CSV file its line ends, a little more where fields span lines."""


def scan(path: Path) -> Scan:
    """Look through the whole file once. Rejected: it is not there, or of a kind not read here."""
    if path.suffix.lower() not in _PARQUET | _CSV:
        raise Rejected(f"{path.name} is neither .parquet nor .csv")
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
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError:
                        encoding = "cp1252"
    except OSError as error:
        raise Rejected(f"{path} can't be read: {error.strerror}") from error
    rows = _parquet_rows(path) if parquet else max(0, lines - 1)
    return Scan(path, digest.hexdigest(), encoding, rows)


def header_of(scanned: Scan) -> list[str]:
    """The names of the columns, trimmed."""
    if scanned.path.suffix.lower() in _PARQUET:
        return [name.strip() for name in pl.read_parquet_schema(scanned.path)]
    with _open(scanned) as file:
        try:
            return [name.strip() for name in next(csv.reader(file), [])]
        except csv.Error as error:
            raise Rejected(
                f"{scanned.path.name} has no header that can be read: {error}"
            ) from error


def read_rows(scanned: Scan) -> Iterator[Row | Broken]:
    """The rows after the header, in order; one of a CSV file may have more fields than that."""
    if scanned.path.suffix.lower() in _PARQUET:
        return _parquet(scanned.path)
    return _csv(scanned)


def _parquet_rows(path: Path) -> int:
    try:
        counted = pl.scan_parquet(path).select(pl.len()).collect().item()
    except pl.exceptions.PolarsError as error:
        raise Rejected(f"{path.name} is not a Parquet file that can be read: {error}") from error
    return int(counted)


def _parquet(path: Path) -> Iterator[Row | Broken]:
    batches = pl.scan_parquet(path).collect_batches(chunk_size=_ROWS_AT_ONCE, lazy=True)
    for frame in batches:
        yield from frame.iter_rows()


def _open(scanned: Scan) -> Any:
    # Windows-1252 leaves five bytes without a character; such a row is refused, not the file.
    errors = "strict" if scanned.encoding == "utf-8-sig" else "surrogateescape"
    return closing(scanned.path.open(encoding=scanned.encoding, errors=errors, newline=""))


def _csv(scanned: Scan) -> Iterator[Row | Broken]:
    csv.field_size_limit(_LONGEST_FIELD)  # the module's own, which others may have raised
    with _open(scanned) as file:
        lines: list[str] = []
        reader = csv.reader(_kept(file, lines))
        width = len(next(reader, []))
        while True:
            lines.clear()
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Broken("".join(lines), str(error))
                continue
            if row:  # a blank line is no row
                yield tuple(row + [""] * (width - len(row)))


def _kept(file: Iterable[str], lines: list[str]) -> Iterator[str]:
    """The lines of a file, each kept in `lines` as well."""
    for line in file:
        lines.append(line)
        yield line
