"""Parquet files by polars, a batch at a time; in the readers' process."""

from collections.abc import Iterator
from datetime import time
from typing import Any

import polars as pl

_ROWS_AT_ONCE = 20_000
_A_SECOND = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY_SECONDS = 86_400
_UTC = {"UTC", "Etc/UTC", "+00:00"}
# The days of Python's calendar, but for the first and the last, which a time zone may move out.
_FIRST_DAY, _LAST_DAY = -719_161, 2_932_895

Batch = tuple[int, list[Any]]


def answer(request: dict[str, Any]) -> Iterator[Batch]:
    """The rows, days and times as text; without `rows`, how many there are and two lists of
    names: of the columns, and of those that are nested, which no row has.
    """
    table = pl.scan_parquet(request["path"])
    schema = table.collect_schema()
    if not request["rows"]:
        names = [name for name, kind in schema.items() if not kind.is_nested()]
        nested = [name for name, kind in schema.items() if kind.is_nested()]
        yield int(table.select(pl.len()).collect().item()), [names, nested]
        return
    columns = [_readable(name, kind) for name, kind in schema.items() if not kind.is_nested()]
    first = 1
    for frame in table.select(columns).collect_batches(chunk_size=_ROWS_AT_ONCE, lazy=True):
        for part in frame.iter_slices(_ROWS_AT_ONCE):
            yield first, part.rows()
            first += part.height


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
    day = _day_of(usual, kind) if isinstance(kind, pl.Datetime) else usual
    return pl.coalesce(day.cast(pl.String), number.cast(pl.String)).alias(name)


def _day_of(moment: pl.Expr, kind: pl.Datetime) -> pl.Expr:
    """The day that a moment is of: kept in UTC, midnight of summer time is 23:00 the day before."""
    if kind.time_zone not in _UTC:
        return moment.dt.date()
    here = moment.dt.convert_time_zone("Europe/London")
    is_midnight = here.dt.time() == time.min
    return pl.when(is_midnight).then(here.dt.date()).otherwise(moment.dt.date())
