"""Migrated schemas that go from test to test: to migrate one costs ten times what emptying it does.

Each test finds its schema as if it were new, under a name of its own: no rows but those that the
migrations put there, counters at their start. A schema of which a test changed more than that, or
in which somebody still works, goes to no other test.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from itertools import chain

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.database import migrate

_WRITTEN = text(
    "select c.relname from pg_class c where c.relnamespace = to_regnamespace(:schema)"
    " and c.relkind = 'r' and pg_relation_size(c.oid) > 0 order by c.relname"
)
_SHAPE = text(
    "with made as (select * from pg_class where relnamespace = to_regnamespace(:schema))"
    " select md5(string_agg(said, ' ' order by said)) from ("
    "select concat_ws('.', oid, relname) as said from made"
    " union all select concat_ws('.', attrelid, attname, atttypid, attnotnull, atthasdef)"
    " from pg_attribute join made on made.oid = attrelid and relkind = 'r'"
    " union all select concat_ws('.', c.oid, c.conname)"
    " from pg_constraint c join made on made.oid = conrelid"
    " union all select concat_ws('.', tgrelid, tgname, tgenabled)"
    " from pg_trigger join made on made.oid = tgrelid"
    " union all select concat_ws('.', oid, xmin)"
    " from pg_proc where pronamespace = to_regnamespace(:schema)) each"
)
_BUSY = text(
    "select count(*) from pg_stat_activity where application_name = :application"
    " and state <> 'idle' and pid <> pg_backend_pid()"
)
_COUNT_ANEW = text(
    "with counters as materialized (select seqrelid, seqstart from pg_sequence"
    " join pg_class on oid = seqrelid where relnamespace = to_regnamespace(:schema))"
    " select setval(seqrelid, seqstart, false) from counters"
    " where pg_sequence_last_value(seqrelid) is not null"
)

Prepare = Callable[[AsyncEngine], Awaitable[None]]


class Schemas:
    """The schemas of one process of tests, those that no test has at the moment among them."""

    def __init__(self, prepare: Mapping[str, Prepare]) -> None:
        """`prepare` says by service what each of its new schemas needs beside the migrations."""
        self._prepare = prepare
        self._idle: dict[str, list[str]] = defaultdict(list)  # by service
        self._seeded: dict[str, list[str]] = {}  # by service: the tables that are never empty
        self._made: dict[str, str] = {}  # by schema: its state when it was made

    async def take(self, engine: AsyncEngine, service: str, schema: str) -> None:
        """Make `schema` a migrated and empty one of this service."""
        if not self._idle[service]:
            await self._make(engine, service, schema)
            return
        idle = self._idle[service].pop()
        async with engine.begin() as tx:
            await tx.execute(text(f'alter schema "{idle}" rename to "{schema}"'))
        self._made[schema] = self._made.pop(idle)

    async def give_back(self, engine: AsyncEngine, service: str, schema: str) -> None:
        """Empty a schema for the next test, or drop it where that would not make it as new."""
        made = self._made.pop(schema, "")
        async with engine.begin() as tx:
            for beside in ("_rebuild", "_before"):
                await tx.execute(text(f'drop schema if exists "{schema}{beside}" cascade'))
            as_new = bool(made) and await self._empty(tx, service, schema) == made
            if not as_new:
                await tx.execute(text(f'drop schema if exists "{schema}" cascade'))
        if as_new:
            self._made[schema] = made
            self._idle[service].append(schema)

    async def drop_all(self, engine: AsyncEngine) -> None:
        """Drop those that no test has."""
        for schema in chain.from_iterable(self._idle.values()):
            async with engine.begin() as tx:
                await tx.execute(text(f'drop schema "{schema}" cascade'))
        self._idle.clear()

    async def _make(self, engine: AsyncEngine, service: str, schema: str) -> None:
        await migrate(engine, service, schema)
        if service in self._prepare:
            await self._prepare[service](engine)
        async with engine.begin() as tx:
            if service not in self._seeded:
                self._seeded[service] = list(await tx.scalars(_WRITTEN, {"schema": schema}))
            self._made[schema] = await self._state(tx, service, schema)

    async def _empty(self, tx: AsyncConnection, service: str, schema: str) -> str:
        """Empty what tests fill; return the state after it, or "" while somebody works there."""
        if await tx.scalar(_BUSY, {"application": f"localpound-{schema}"}):
            return ""
        written = await tx.scalars(_WRITTEN, {"schema": schema})
        if names := [f'"{schema}"."{name}"' for name in {*written} - {*self._seeded[service]}]:
            await tx.execute(text(f"truncate {', '.join(names)} cascade"))
        await tx.execute(_COUNT_ANEW, {"schema": schema})
        return await self._state(tx, service, schema)

    async def _state(self, tx: AsyncConnection, service: str, schema: str) -> str:
        """Its shape, and the rows that it came with."""
        seeds = [
            await tx.scalar(text(f'select md5(jsonb_agg(t)::text) from "{schema}"."{name}" t'))
            for name in self._seeded[service]
        ]
        return f"{await tx.scalar(_SHAPE, {'schema': schema})} {seeds}"
