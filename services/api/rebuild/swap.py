"""A new model in the place of the one that answers, between two questions.

No projection is on its way meanwhile. Readers are never kept waiting for longer than a moment: the
tables are taken all at once or not at all, and asked for again after a pause. So a statement reads
one model or the other, and none waits long enough for PostgreSQL to look for a deadlock.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain, starmap

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.api.projections.held_tables import take_tables
from services.api.rebuild.schemas import (
    READ_MODEL,
    before_schema,
    drop_tables,
    make_before,
    rebuild_schema,
)
from shared.database import begin, driver
from shared.errors import Retryable

_READERS_WAIT_MS = 100
_TRIES = 50
_LONGEST_PAUSE = 0.4
_IDLE_SECONDS = 60


class ReadersStay(Retryable):
    """A question that takes long held the tables throughout."""


@asynccontextmanager
async def projections_paused(
    engine: AsyncEngine, schema: str, incoming: str
) -> AsyncIterator[AsyncConnection]:
    """A transaction for whose length nothing is projected; questions are answered.

    Should this process stand still, PostgreSQL ends it after a minute, and projections go on.
    """
    async with begin(engine) as tx:
        await tx.execute(
            text(f"set local idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
        )
        # Lets readers and writers be, and ends an autovacuum, which the short tries below can't.
        for where in (schema, incoming):
            await tx.execute(
                text(f"lock table {_named(where)} in share update exclusive mode"),
            )
        await take_tables(tx)
        yield tx


async def exchange(tx: AsyncConnection, schema: str, incoming: str) -> None:
    """Put the model of `incoming` in the place of the one that answers, which is kept as before.

    ReadersStay when a question holds the tables for too long; nothing has changed then.
    """
    before, beside = before_schema(schema), rebuild_schema(schema)
    through = beside if incoming == before else before
    await make_before(tx, schema)
    await drop_tables(tx, through)
    await drop_tables(tx, incoming, but=READ_MODEL)
    moves = [(schema, through), (incoming, schema)]
    if through != before:
        moves.append((through, before))
    revision = f'create table "{before}".alembic_version as table "{schema}".alembic_version'
    await _take_from_readers(tx, schema)
    # All in one message: readers wait from here to the commit.
    await (await driver(tx)).execute("; ".join([*chain(*starmap(_moved, moves)), revision]))


async def _take_from_readers(tx: AsyncConnection, schema: str) -> None:
    connection = await driver(tx)
    for attempt in range(_TRIES):
        try:
            async with connection.transaction():
                await connection.execute(f"set local statement_timeout = {_READERS_WAIT_MS}")
                await connection.execute(f"lock table {_named(schema)} in access exclusive mode")
                await connection.execute("set local statement_timeout = 0")
        except asyncpg.QueryCanceledError:
            pause = min(_LONGEST_PAUSE, 0.02 * 2 ** min(attempt, 5))
            await asyncio.sleep(random.uniform(0.5, 1) * pause)  # noqa: S311 - no secret
        else:
            return
    raise ReadersStay(
        "questions that take long held the tables throughout, and they were not swapped: once "
        "those are answered, run `rebuild` again, which goes on where it was"
    )


def _moved(source: str, target: str) -> list[str]:
    return [f'alter table "{source}"."{name}" set schema "{target}"' for name in READ_MODEL]


def _named(schema: str) -> str:
    return ", ".join(f'"{schema}"."{name}"' for name in READ_MODEL)
