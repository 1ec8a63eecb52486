"""The first sheet of a file as a table whose first row is its header."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from services.ingest.sources.reading.limits import Limits
from services.ingest.sources.reading.opened_file import open_file
from services.ingest.sources.reading.sheet import Broken, Row, Torn, never_torn
from shared.errors import Rejected


@dataclass(frozen=True)
class Scan:
    """What one look through a file tells."""

    path: Path
    digest: str
    rows: int


def scan(path: Path) -> Scan:
    """Look through the whole file once. Rejected: it is no file, or of a kind not read here."""
    with open_file(path, Limits()) as opened:
        return Scan(path, opened.digest, opened.sheets[0].rows_about or 0)


def header_of(scanned: Scan) -> list[str]:
    """The names of the columns, trimmed."""
    with open_file(scanned.path, Limits()) as opened:
        for _, row in opened.sheets[0].rows():
            if isinstance(row, Broken):
                raise Rejected(f"{scanned.path.name} has no header that can be read")
            return [str(name).strip() for name in row]
    return []


def read_rows(scanned: Scan, torn: Torn = never_torn) -> Iterator[Row | Broken]:
    """The rows after the header, filled up to its width; one may have more fields than that."""
    with open_file(scanned.path, Limits()) as opened:
        rows = opened.sheets[0].rows(lambda row: torn(_filled(row, width)))
        width = 0
        width = max((len(row) for _, row in islice(rows, 1)), default=0)
        for _, row in rows:
            if isinstance(row, Broken):
                yield row._replace(row=_filled(row.row, width))
            else:
                yield _filled(row, width)


def _filled(row: Row, width: int) -> Row:
    return row + ("",) * (width - len(row))
