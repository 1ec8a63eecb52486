"""The rows of a statement by column, as the database copies them out: no row, and hardly a value,
becomes an object of Python, which took longer than all else that is done with a payment.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import orjson
import pyarrow as pa
from pyarrow import csv
from sqlalchemy import TextClause
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import raw_connection
from shared.lists.columns import Item

_BYTES_AT_ONCE = 500_000
_PIECES_WAITING = 2
_copying: WeakKeyDictionary[AsyncConnection, "asyncio.Future[None]"] = WeakKeyDictionary()
"""What is being copied by each connection, for whoever opened it to end."""
# How the database writes days and instants, whatever it is set to.
_AS_READ = "set local datestyle = 'ISO'; set local timezone = 'UTC'"
_TYPES: Mapping[str, Any] = {
    "text": pa.string(),
    "varchar": pa.string(),
    "uuid": pa.string(),
    "json": pa.string(),
    "jsonb": pa.string(),
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
    """The rows of a statement as tables of Arrow, of half a megabyte each, in their order.

    In the transaction of the connection, which is busy until the last, or `stop_copying`. Instants
    are text, as JSON has them. KeyError: a column of a type that lists don't have.
    """
    compiled = statement.compile(dialect=connection.dialect)
    asked = [values[name] for name in compiled.positiontup or ()]
    raw = await raw_connection(connection)
    await raw.execute(_AS_READ)
    read = _reader((await raw.prepare(str(compiled))).get_attributes())
    pieces = _Pieces()
    _copying[connection] = asyncio.ensure_future(pieces.copy(raw, str(compiled), asked))
    while (piece := await pieces.take()) is not None:
        yield await asyncio.to_thread(read, piece)
    await _copying.pop(connection)


async def copy_items(
    connection: AsyncConnection,
    statement: TextClause,
    values: Mapping[str, Any],
    json: Collection[str] = (),
) -> AsyncIterator[list[Item]]:
    """The same as items, for lists of which each is told by rules; columns of `json` are parsed."""
    async for rows in copy_rows(connection, statement, values):
        items: list[Item] = rows.to_pylist()
        for item in items:
            for name in json:
                item[name] = None if item[name] is None else orjson.loads(item[name])
        yield items


async def stop_copying(connection: AsyncConnection) -> None:
    """Let the connection do something else: whoever read its rows may have gone away.

    Its transaction is over then.
    """
    copying = _copying.pop(connection, None)
    if copying is None:
        return
    copying.cancel()
    await asyncio.wait([copying])
    try:
        await connection.rollback()
    except DBAPIError:
        # The driver (asyncpg 0.32) tells the server to stop only where it waits for it: not where
        # a piece has come that its task was not woken for yet. There it goes on to copy.
        await connection.invalidate()


class _Pieces:
    """Whole rows as the database writes CSV: null is empty, empty text is in quotes."""

    def __init__(self) -> None:
        self._coming: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_PIECES_WAITING)
        self._waiting = bytearray()

    async def copy(self, raw: Any, statement: str, asked: Sequence[Any]) -> None:
        """Copy all rows, no faster than they are taken."""
        try:
            await raw.copy_from_query(statement, *asked, output=self._add, format="csv")
            if self._waiting:
                await self._hand_on()
        finally:
            self._coming.put_nowait(None)

    async def take(self) -> bytes | None:
        """The next piece; None when there is no more, or copying has failed."""
        piece = await self._coming.get()
        self._room.release()
        return piece

    async def _add(self, some: bytes) -> None:
        self._waiting.extend(some)
        if len(self._waiting) >= _BYTES_AT_ONCE:
            await self._hand_on()

    async def _hand_on(self) -> None:
        await self._room.acquire()
        self._coming.put_nowait(bytes(self._waiting))
        self._waiting.clear()


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
