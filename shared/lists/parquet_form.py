"""Items as Parquet: pounds as decimals of two places, so that sums are exact in any tool."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from shared.lists.columns import Column, Columns, Kind, is_arrow

_ROWS_AT_ONCE = 20_000
"""Of a row group: what is kept in memory, some 10 MB of payments. Smaller groups compress worse."""

_TYPES: Mapping[Kind, Any] = {
    Kind.TEXT: pa.string(),
    Kind.WORD: pa.string(),
    Kind.AMOUNT: pa.decimal128(20, 2),
    Kind.DAY: pa.date32(),
    Kind.INSTANT: pa.timestamp("us", tz="UTC"),
    Kind.TRUTH: pa.bool_(),
    Kind.WHOLE: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.TEXTS: pa.list_(pa.string()),
    Kind.PARTS: pa.string(),
}


class ParquetForm:
    """Writes row groups as they fill, and at the end where they are."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = pa.schema([(column.name, _TYPES[column.kind]) for column in columns])
        self._sink = _Sink()
        self._writer = pq.ParquetWriter(self._sink, self._schema, compression="zstd")
        self._waiting: list[Any] = []

    def begin(self) -> bytes:
        """The mark of the format."""
        return self._sink.take()

    def write(self, items: Columns) -> bytes:
        """What is complete by now; nothing while a row group fills."""
        arrays = [_array(column, items) for column in self._columns]
        self._waiting.append(pa.table(arrays, schema=self._schema))
        if sum(some.num_rows for some in self._waiting) >= _ROWS_AT_ONCE:
            self._write_group()
        return self._sink.take()

    def end(self) -> bytes:
        """The last row group and the footer."""
        self._write_group()
        self._writer.close()
        return self._sink.take()

    def _write_group(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.concat_tables(self._waiting))
            self._waiting = []


class _Sink(io.RawIOBase):
    """Where the writer writes, and whence the door takes it."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:
        self._written.append(bytes(some))
        return len(some)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._written = b"".join(self._written), []
        return taken


def _array(column: Column, items: Columns) -> Any:
    values = column.cells(items)
    if is_arrow(values):
        return values.cast(_TYPES[column.kind])
    convert = _CONVERTED.get(column.kind)
    if convert is not None:
        values = [None if value is None else convert(value) for value in values]
    return pa.array(values, _TYPES[column.kind])


_CONVERTED: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.WORD: str,
    Kind.AMOUNT: Decimal,
    # Some stand in the read model as their fact had them, in words.
    Kind.DAY: lambda value: date.fromisoformat(value) if isinstance(value, str) else value,
    Kind.INSTANT: lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value,
    Kind.PARTS: lambda value: orjson.dumps(value).decode(),
}
