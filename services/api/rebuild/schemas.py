"""The schemas beside the service's own, and what stands in them."""

from collections.abc import Collection
from functools import partial

from alembic.runtime.migration import MigrationContext
from rich.progress import Progress
from sqlalchemy import Connection, Index, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.api import tables
from services.api.ranking.refresh_ranking import read_waiting, refresh_all
from shared.database import make_schema, migrate

# Their indexes serve questions, no projection: made when the tables are full, they cost a fraction.
_INDEXED_WHEN_FULL = (tables.payments, tables.suppliers)
_TABLES = "select tablename from pg_tables where schemaname = :schema order by 1"
_INDEX_MEMORY = "256MB"
READ_MODEL = tuple(sorted(tables.metadata.tables))
"""The names of the tables that move."""


def rebuild_schema(schema: str) -> str:
    """Where a new model grows."""
    return f"{schema}_rebuild"


def before_schema(schema: str) -> str:
    """Where the model of before is kept."""
    return f"{schema}_before"


async def has_model(connection: AsyncConnection, schema: str) -> bool:
    """Whether a read model stands in the schema."""
    return set(READ_MODEL) <= set(await connection.scalars(text(_TABLES), {"schema": schema}))


async def drop_tables(tx: AsyncConnection, schema: str, *, but: Collection[str] = ()) -> None:
    """Drop what stands in a schema beside, `but` the tables that are named."""
    found = await tx.scalars(text(_TABLES), {"schema": schema})
    for name in set(found) - set(but):
        await tx.execute(text(f'drop table "{schema}"."{name}" cascade'))


async def make_before(tx: AsyncConnection, schema: str) -> None:
    """Make the schema in which the model of before is kept, if it is not there."""
    await tx.run_sync(lambda connection: make_schema(connection, before_schema(schema)))


async def prepare(engine: AsyncEngine, service: str, schema: str) -> None:
    """Tables in the schema in which a new model grows, by the migrations of the service's own.

    What an interrupted rebuild filled stays, as far as it was filled.
    """
    await migrate(engine, service, schema)
    async with engine.begin() as tx:
        if await tx.scalar(text("select not exists (select from projected_offsets)")):
            for index in _indexes():
                await tx.run_sync(index.drop, checkfirst=True)


async def finish(engine: AsyncEngine, progress: Progress) -> None:
    """Make the indexes that are left, rank by them, and tell the planner what is there."""
    indexes = _indexes()
    bar = progress.add_task("indexes, statistics", total=len(indexes) + len(READ_MODEL))
    for index in indexes:
        async with engine.begin() as tx:
            await tx.execute(text(f"set local maintenance_work_mem = '{_INDEX_MEMORY}'"))
            await tx.run_sync(index.create, checkfirst=True)
        progress.advance(bar)
    await _rank(engine, progress)
    async with engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for name in READ_MODEL:
            await alone.execute(text(f"vacuum (analyze) {name}"))
            progress.advance(bar)


async def _rank(engine: AsyncEngine, progress: Progress) -> None:
    """Rank whoever is paid, once for all."""
    waiting = await read_waiting(engine)
    bar = progress.add_task("ranking", total=waiting.suppliers)
    await refresh_all(engine, partial(progress.advance, bar))
    # Of those that many batches touched each counts once.
    progress.update(bar, completed=waiting.suppliers)


async def revision_of(connection: AsyncConnection) -> str | None:
    """The revision that the schema of this connection stands at."""

    def read(sync: Connection) -> str | None:
        return MigrationContext.configure(sync).get_current_revision()

    return await connection.run_sync(read)


def _indexes() -> list[Index]:
    return sorted(
        (index for table in _INDEXED_WHEN_FULL for index in table.indexes),
        key=lambda index: str(index.name),
    )
