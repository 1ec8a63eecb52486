"""The rows of a Parquet file."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from services.ingest.sources.reading.sheet import NAMES, SheetRow
from shared.errors import Rejected

_ROWS_AT_ONCE = 20_000
_A_SECOND = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY_SECONDS = 86_400
# The days of Python's calendar, but for the first and the last, which a time zone may move out.
_FIRST_DAY, _LAST_DAY = -719_161, 2_932_895

_UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError)


def count_rows(path: Path, name: str) -> int:
    """How many rows the file has. Rejected where it is no Parquet file."""
    try:
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except _UNREADABLE as error:
        raise Rejected(
            f"{name} is not a Parquet file that can be read: {_first_line(error)}"
        ) from error


def read_parquet(path: Path, name: str) -> Iterator[SheetRow]:
    """The names of the columns, then the rows; days and times as text.

    Rejected where the file is corrupt inside.
    """
    try:
        table = pl.scan_parquet(path)
        schema = table.collect_schema()
        yield SheetRow(NAMES, tuple(schema))
        columns = [_readable(column, kind) for column, kind in schema.items()]
        number = NAMES
        for frame in table.select(columns).collect_batches(chunk_size=_ROWS_AT_ONCE, lazy=True):
            for number, row in enumerate(frame.iter_rows(), number + 1):  # noqa: B020 - goes on
                yield SheetRow(number, row)
    except _UNREADABLE as error:
        raise Rejected(
            f"{name} is corrupt inside ({_first_line(error)}): the rows that could be read "
            "before it are imported; the mended file adds the rest"
        ) from error


def _readable(name: str, kind: pl.DataType) -> pl.Expr:
    """A column that no value of can stop the file: days out of the calendar stand as numbers."""
    column = pl.col(name)
    if isinstance(kind, pl.Duration | pl.Time):
        return column.to_physical().cast(pl.String).alias(name)
    if isinstance(kind, pl.Datetime):
        unit = _A_SECOND[kind.time_unit] * _DAY_SECONDS
    elif isinstance(kind, pl.Date):
        unit = 1
    else:
        return column
    number = column.to_physical().cast(pl.Int64)
    usual = pl.when(number.is_between(_FIRST_DAY * unit, _LAST_DAY * unit)).then(column)
    day = usual.dt.date() if isinstance(kind, pl.Datetime) else usual
    return pl.coalesce(day.cast(pl.String), number.cast(pl.String)).alias(name)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
