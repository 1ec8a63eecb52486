"""Parquet files."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from services.ingest.reading.limits import Limits
from services.ingest.reading.reader import ask
from services.ingest.reading.sheet import NAMES, Row, Sheet, SheetRow, Torn
from shared.errors import Rejected

_MOST_SHOWN = 10


def open_parquet(path: Path, what: str, limits: Limits, member: str) -> Sheet:
    """Its rows as a sheet, after the names of its columns; floats as they are, days as text.

    Columns that hold lists or records are left out with a note. Rejected where it is no Parquet
    file, or has no other columns.
    """
    try:
        [(rows, (names, nested))] = ask(path, what, limits, {"kind": "parquet", "rows": False})
    except Rejected as error:
        raise Rejected(f"{what} is not a Parquet file that can be read: {error.reason}") from error
    if nested and not names:
        raise Rejected(f"{what} has only nested columns, which are no table: write a column each")
    if len(names) > limits.columns:
        raise Rejected(f"{what} has more than {limits.columns:,} columns")
    notes: tuple[str, ...] = ()
    if nested:
        shown = ", ".join(nested[:_MOST_SHOWN]) + (", ..." if len(nested) > _MOST_SHOWN else "")
        notes = (f"columns that are nested are not read: {shown}",)
    read = partial(_read, path, what, limits, tuple(names))
    return Sheet(read, member, rows_about=rows, notes=notes)


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
