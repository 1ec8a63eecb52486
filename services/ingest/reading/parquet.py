"""Parquet files."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from services.ingest.reading.limits import Limits
from services.ingest.reading.reader import ask
from services.ingest.reading.sheet import NAMES, Row, Sheet, SheetRow, Torn
from shared.errors import Rejected


def open_parquet(path: Path, what: str, limits: Limits, member: str) -> Sheet:
    """Its rows as a sheet, after the names of its columns; floats as they are, days as text.

    Rejected where it is no Parquet file.
    """
    try:
        [(rows, names)] = ask(path, what, limits, {"kind": "parquet", "rows": False})
    except Rejected as error:
        raise Rejected(f"{what} is not a Parquet file that can be read: {error.reason}") from error
    return Sheet(partial(_read, path, what, limits, tuple(names)), member, rows_about=rows)


def _read(path: Path, what: str, limits: Limits, names: Row, _: Torn) -> Iterator[SheetRow]:
    yield SheetRow(NAMES, names)
    try:
        for first, rows in ask(path, what, limits, {"kind": "parquet", "rows": True}):
            for number, row in enumerate(rows, first):
                yield SheetRow(number, row)
    except Rejected as error:
        raise Rejected(
            f"{what} is corrupt inside ({error.reason}): the rows that could be read before it are "
            "imported; the mended file adds the rest"
        ) from error
