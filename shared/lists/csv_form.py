"""Items as CSV: for spreadsheets, which know UTF-8 by its mark and run what looks like a formula.

Empty is null. Days and instants are written as in JSON, true and false too.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from shared.csv_rows import csv_header, csv_rows, text_cells
from shared.lists.columns import Column, Columns, Kind, is_arrow


class CsvForm:
    """Writes a header, then rows."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._of_others = [n for n, column in enumerate(columns) if column.kind in _OF_OTHERS]

    def begin(self) -> bytes:
        """The mark of UTF-8 and the header."""
        return csv_header([column.name for column in self._columns])

    def write(self, items: Columns) -> bytes:
        """Rows."""
        return csv_rows([_cells(column, items) for column in self._columns], self._of_others)

    def end(self) -> bytes:
        """Nothing."""
        return b""


def _cells(column: Column, items: Columns) -> pl.Series:
    values = column.cells(items)
    if is_arrow(values):
        if pa.types.is_list(values.type):
            joined = pc.binary_join(values, _BETWEEN)
            values = pc.if_else(pc.equal(joined, ""), _NOTHING, joined)
        return pl.Series("", values)
    shown = _SHOWN.get(column.kind, str)
    return text_cells([None if value is None else shown(value) for value in values])


def _day(value: date | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


_BETWEEN = "; "
_NOTHING = pa.scalar(None, pa.string())
_SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    Kind.DAY: _day,
    Kind.INSTANT: _day,
    Kind.TRUTH: lambda value: "true" if value else "false",
    Kind.TEXTS: _BETWEEN.join,
    Kind.PARTS: lambda value: orjson.dumps(value).decode(),
}
_OF_OTHERS = frozenset({Kind.TEXT, Kind.TEXTS})
