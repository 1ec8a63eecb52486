"""Rebuild the read model beside the one that answers, put it in place, and take that back."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from rich.progress import Progress
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.queries.totals import Total
from services.api.rebuild.compare import (
    Difference,
    check_own_totals,
    differences,
    kept_apart,
    totals_of,
)
from services.api.rebuild.reach import Reach
from services.api.rebuild.replay import LANES, Replay
from services.api.rebuild.schemas import (
    before_schema,
    drop_tables,
    finish,
    has_model,
    prepare,
    rebuild_schema,
    revision_of,
)
from services.api.rebuild.swap import ReadersStay, exchange, projections_paused
from services.api.settings import Settings
from services.api.withheld.take_id_key import take_id_key
from shared.database import open_engine
from shared.errors import Conflict
from shared.locks import Lock
from shared.logs import logger

_FEW = 10_000
_ROUNDS = 20


class Rebuilt(NamedTuple):
    """Control totals of the model that answered and of the new one, both at the same offsets.

    `swapped`: whether the new one answers now. Where they differ it does only if that was accepted.
    """

    records: int
    old: Sequence[Total]
    new: Sequence[Total]
    differences: Sequence[Difference]
    swapped: bool


async def rebuild_read_model(
    engine: AsyncEngine,
    settings: Settings,
    clock: Callable[[], datetime],
    progress: Progress,
    *,
    anew: bool = False,
    accept_differences: bool = False,
) -> Rebuilt:
    """Build a new model from the topics and put it in place; what was interrupted goes on.

    `anew` forgets what an earlier rebuild filled. Conflict while another one runs, or while the
    model from before the last one is kept.
    """
    schema = settings.schema_name
    beside = rebuild_schema(schema)
    await take_id_key(engine)
    async with _alone(engine):
        async with engine.begin() as tx:
            if await has_model(tx, before_schema(schema)):
                raise Conflict(
                    "the model from before the last rebuild is still kept: `rebuild --drop-old` "
                    "gives up on it, `rebuild --swap-back` puts it in place again"
                )
            if anew:
                await drop_tables(tx, beside)
        async with _engine_on(settings, beside) as filled:
            await prepare(filled, settings.service, beside)
            logger.info("rebuild.prepared", schema=beside)
            async with Replay(settings, filled, Reach(settings, engine), clock, progress) as replay:
                records = await replay.advance()
                logger.info("rebuild.filled", records=records)
                await finish(filled, progress)
                logger.info("rebuild.indexed")
                await check_own_totals(filled)
                return await _catch_up_and_swap(
                    engine, filled, schema, beside, replay, records, accept=accept_differences
                )


async def swap_back(
    engine: AsyncEngine,
    settings: Settings,
    clock: Callable[[], datetime],
    progress: Progress,
    *,
    accept_differences: bool = False,
) -> Rebuilt:
    """Bring the model from before up to date and put it in place again; that one is kept instead.

    Conflict while none is kept, or one of another revision of the schema.
    """
    schema = settings.schema_name
    before = before_schema(schema)
    await take_id_key(engine)
    async with _alone(engine), _engine_on(settings, before) as kept:
        async with engine.connect() as connection, kept.connect() as of_before:
            if not await has_model(connection, before):
                raise Conflict("no model from before a rebuild is kept")
            stands, needed = await revision_of(of_before), await revision_of(connection)
        if stands != needed:
            raise Conflict(
                f"the model from before stands at revision {stands}, the schema at {needed}: it "
                "can't answer any more; `rebuild --drop-old`, then `rebuild`"
            )
        async with Replay(settings, kept, Reach(settings, engine), clock, progress) as replay:
            return await _catch_up_and_swap(
                engine, kept, schema, before, replay, 0, accept=accept_differences
            )


async def drop_old(engine: AsyncEngine, settings: Settings) -> bool:
    """Give up on the model from before the last rebuild; whether there was one."""
    before = before_schema(settings.schema_name)
    async with _alone(engine), engine.begin() as tx:
        found = await has_model(tx, before)
        await drop_tables(tx, before)
        return found


async def _catch_up_and_swap(
    engine: AsyncEngine,
    filled: AsyncEngine,
    schema: str,
    incoming: str,
    replay: Replay,
    records: int,
    *,
    accept: bool,
) -> Rebuilt:
    for left in reversed(range(_ROUNDS)):
        behind = await replay.advance()
        records += behind
        if behind > _FEW and left:
            continue
        try:
            async with projections_paused(engine, schema, incoming) as tx:
                logger.info("rebuild.projections_paused")
                records += await replay.advance()
                old, new = await totals_of(engine), await totals_of(filled)
                found = differences(old, new) or await kept_apart(filled, new)
                logger.info("rebuild.compared", differences=len(found))
                if found and not accept:
                    return Rebuilt(records, old, new, found, swapped=False)
                await exchange(tx, schema, incoming)
                logger.info("rebuild.exchanged")
        except ReadersStay:
            if not left:
                raise
        else:
            logger.info("rebuild.swapped")
            return Rebuilt(records, old, new, found, swapped=True)
    raise AssertionError("the last round returns or raises")


@asynccontextmanager
async def _alone(engine: AsyncEngine) -> AsyncIterator[None]:
    """Conflict when another rebuild of this schema runs."""
    async with engine.connect() as connection:
        session = await connection.execution_options(isolation_level="AUTOCOMMIT")
        key = {"lock": Lock.REBUILDING.value}
        taken = await session.scalar(
            text("select pg_try_advisory_lock(:lock, hashtext(current_schema()))"), key
        )
        if not taken:
            raise Conflict("another rebuild of this read model runs")
        try:
            yield
        finally:
            await session.execute(
                text("select pg_advisory_unlock(:lock, hashtext(current_schema()))"), key
            )


@asynccontextmanager
async def _engine_on(settings: Settings, schema: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a schema beside, whose crash costs no more than some of the filling."""
    engine = open_engine(settings.database, schema, synchronous_commit=False, connections=LANES + 1)
    try:
        yield engine
    finally:
        await engine.dispose()
