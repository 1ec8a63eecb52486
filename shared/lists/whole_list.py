"""A whole list as one file, sent while it is read from one snapshot of the database.

However long it is, some thousand items are in memory at a time. A client that goes away, or reads
too slowly, ends the statement.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import astuple
from typing import Any, TypeVar

from fastapi import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.access import Caller
from shared.door.sent_while_read import SentWhileRead
from shared.door.turns import Turns
from shared.lists.columns import Columns, Item, by_column
from shared.lists.copied_rows import stop_copying
from shared.lists.forms import Form, open_form
from shared.lists.media_types import file_name
from shared.lists.read_ahead import ReadAhead
from shared.lists.tags import HEADERS, has_it, weak_tag_of
from shared.lists.wish import Wish

_AT_ONCE = 3
_SETTINGS = (
    *("jit = off", "work_mem = '64MB'", "max_parallel_workers_per_gather = 0"),
    *("enable_hashjoin = off", "enable_mergejoin = off"),
)

Place = TypeVar("Place")
Batches = Callable[[AsyncConnection], AsyncIterator[Columns]]
"""Reads a list to its end by a connection; by batches, of which each has the fields wanted."""


class WholeLists:
    """Sends whole lists of one database, each in one of `turns`, which other files may share.

    It has a connection of the door's and a processor for as long as its client reads.
    """

    def __init__(self, engine: AsyncEngine, turns: Turns | None = None) -> None:
        self._engine = engine
        self._turns = turns or Turns("whole lists are sent", _AT_ONCE)

    async def send(
        self, wish: Wish, name: str, asked: Sequence[Any], caller: Caller, read: Batches
    ) -> Response:
        """The list that `read` reads, as a file of this name; 304 where the client has it.

        What it says must follow from what is `asked`, who the caller is, and the database.
        Retryable: too many are being sent. What `read` raises before its first items is raised.
        """
        async with AsyncExitStack() as opened:
            await opened.enter_async_context(self._turns)
            connection = await opened.enter_async_context(_snapshot(self._engine))
            moment = await _moment(connection)
            tag = weak_tag_of(moment, _who(caller), wish.media_type, wish.names, *asked)
            headers: Mapping[str, str] = HEADERS | {"etag": tag}
            if has_it(wish.if_none_match, tag):
                return Response(status_code=304, headers=headers)
            form = open_form(wish.media_type, wish.model, wish.names)
            items = ReadAhead(read(connection))
            opened.push_async_callback(items.close)
            await items.first()
            file = file_name(name, wish.media_type)
            written = _written(form, items)
            return SentWhileRead(written, opened.pop_all(), file, wish.media_type, headers)
        raise AssertionError  # the stack swallows no exception


@asynccontextmanager
async def beside(
    engine: AsyncEngine, connection: AsyncConnection
) -> AsyncIterator[AsyncConnection]:
    """Another connection that reads the same moment, for one that is busy with a list."""
    moment = await connection.scalar(text("select pg_export_snapshot()"))
    async with _snapshot(engine, moment) as other:
        yield other


async def join_freely(connection: AsyncConnection) -> None:
    """Let what follows join its tables in any way: it is added up before its first row is there,
    and put in order after.
    """
    for way in ("hash", "merge"):
        await connection.execute(text(f"set local enable_{way}join = on"))


async def by_pages(
    read: Callable[[Place | None], Awaitable[tuple[Sequence[Item], Place | None]]],
    names: Sequence[str],
) -> AsyncIterator[Columns]:
    """All items of a list that is read by pages: of none, or after the place of the last."""
    place: Place | None = None
    while True:
        items, place = await read(place)
        yield by_column(items, names)
        if place is None:
            return


async def _written(form: Form, items: ReadAhead[Columns]) -> AsyncIterator[bytes]:
    """The bytes of the file; in a thread, so that other questions are answered meanwhile."""
    yield form.begin()
    async for some in items:
        if written := await asyncio.to_thread(form.write, some):
            yield written
    yield await asyncio.to_thread(form.end)


def _who(caller: Caller) -> tuple[Any, ...]:
    """All that may decide what the caller is shown, the same in every process."""
    said = astuple(caller)
    return tuple(sorted(each) if isinstance(each, frozenset) else each for each in said)


@asynccontextmanager
async def _snapshot(
    engine: AsyncEngine, moment: str | None = None
) -> AsyncIterator[AsyncConnection]:
    """A connection that reads one moment by one processor, and looks up what belongs to a row when
    its turn comes: so the order holds, and little is kept. `moment` is that of another connection.
    """
    async with engine.connect() as connection:
        await connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        if moment is not None:
            await connection.execute(text(f"set transaction snapshot '{moment}'"))
        for setting in _SETTINGS:
            await connection.execute(text(f"set local {setting}"))
        try:
            yield connection
        finally:
            await stop_copying(connection)


async def _moment(connection: AsyncConnection) -> Sequence[Any]:
    """Which moment it is: equal where nothing at all was written in between.

    A server that was started again, perhaps from a copy, may count its transactions anew.
    """
    row = await connection.execute(
        text("select pg_current_snapshot()::text, pg_postmaster_start_time()::text")
    )
    return tuple(row.one())
