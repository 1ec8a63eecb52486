"""Reads that must agree with each other, whatever is projected meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.lists.copied_rows import stop_copying


@asynccontextmanager
async def as_one(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection on which all is read as of one moment, by two processes of the server.

    Large sums are made in memory of a bounded size; compiling the statements takes longer than it
    spares.
    """
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        for setting in (
            *("jit = off", "work_mem = '32MB'", "max_parallel_workers_per_gather = 2"),
            *("parallel_setup_cost = 0", "parallel_tuple_cost = 0"),
        ):
            await connection.execute(text(f"set local {setting}"))
        try:
            yield connection
        finally:
            await stop_copying(connection)
