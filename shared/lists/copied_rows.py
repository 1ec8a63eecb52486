"""The rows of a statement by column, as the database copies them out: no row, and hardly a value,
becomes an object of Python, which took longer than all else that is done with a payment.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any

import pyarrow as pa
from pyarrow import csv
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import raw_connection

_BYTES_AT_ONCE = 1_000_000
_PIECES_WAITING = 2
_TYPES: Mapping[str, Any] = {
    "text": pa.string(),
    "varchar": pa.string(),
    "uuid": pa.string(),
    "json": pa.string(),
    "date": pa.date32(),
    "bool": pa.bool_(),
    "int4": pa.int64(),
    "int8": pa.int64(),
    "float8": pa.float64(),
    "timestamptz": pa.timestamp("us", "UTC"),
}
"""By the database's name of the type. Another is no type of a list: its statement makes text."""


async def copy_rows(
    connection: AsyncConnection, statement: TextClause, values: Mapping[str, Any]
) -> AsyncIterator[Any]:
    """The rows of a statement as tables of Arrow, of about a megabyte each, in their order.

    Instants are text, as JSON has them. The connection is busy until the last. KeyError: a column
    of a type that lists don't have.
    """
    compiled = statement.compile(dialect=connection.dialect)
    asked = [values[name] for name in compiled.positiontup or ()]
    raw = await raw_connection(connection)
    read = _reader((await raw.prepare(str(compiled))).get_attributes())
    async with aclosing(_copied(raw, str(compiled), asked)) as pieces:
        async for piece in pieces:
            yield await asyncio.to_thread(read, piece)


async def _copied(raw: Any, statement: str, asked: Sequence[Any]) -> AsyncGenerator[bytes, None]:
    """Whole rows as the database writes CSV: null is empty, empty text is in quotes."""
    coming: asyncio.Queue[bytes | None] = asyncio.Queue()
    room = asyncio.Semaphore(_PIECES_WAITING)
    waiting = bytearray()

    async def take(some: bytes) -> None:
        waiting.extend(some)
        if len(waiting) >= _BYTES_AT_ONCE:
            await hand_on()

    async def hand_on() -> None:
        await room.acquire()
        coming.put_nowait(bytes(waiting))
        waiting.clear()

    async def copy() -> None:
        await raw.copy_from_query(statement, *asked, output=take, format="csv")
        if waiting:
            await hand_on()

    copying = asyncio.ensure_future(copy())
    copying.add_done_callback(lambda _: coming.put_nowait(None))
    try:
        while (piece := await coming.get()) is not None:
            room.release()
            yield piece
        await copying
    finally:
        copying.cancel()
        await asyncio.wait([copying])


def _reader(columns: Sequence[Any]) -> Callable[[bytes], Any]:
    types = {column.name: _TYPES[column.type.name] for column in columns}
    names = csv.ReadOptions(column_names=list(types), use_threads=False, block_size=1 << 30)
    lines = csv.ParseOptions(newlines_in_values=True)
    values = csv.ConvertOptions(
        column_types=types,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        true_values=["t"],
        false_values=["f"],
    )

    instants = [name for name, kind in types.items() if pa.types.is_timestamp(kind)]

    def read(piece: bytes) -> Any:
        table = csv.read_csv(pa.BufferReader(piece), names, lines, values)
        for name in instants:
            of_each = by_value(table[name].cast(pa.timestamp("us")), _in_words, pa.string())
            table = table.set_column(table.column_names.index(name), name, of_each)
        return table

    return read


def by_value(column: Any, tell: Callable[[Any], Any], kind: Any) -> Any:
    """A column of what is told of each value, which is asked once of equal ones; null stays."""
    encoded = column.combine_chunks().dictionary_encode()
    told = pa.array([tell(value) for value in encoded.dictionary.to_pylist()], kind)
    return pa.chunked_array([told.take(encoded.indices)])


def _in_words(instant: datetime) -> str:
    return f"{instant.isoformat()}+00:00"
