"""From a topic to the read model: one transaction a batch, bad records quarantined."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import asyncpg
from aiokafka import ConsumerRecord
from prometheus_client import Counter
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.api.projections.held_tables import hold_tables
from services.api.projections.projected_offsets import note_offsets
from shared.database import begin, driver
from shared.errors import Rejected
from shared.events import Fact
from shared.inbox import Reject, quarantine, say_quarantined
from shared.logs import logger
from shared.read_facts import Types, read_facts
from shared.topics import Topic

# COPY encodes what is bound to it without asyncpg's words: a moment of the year 1, say, is none in
# UTC where its zone is ahead.
_NO_VALUES = (asyncpg.DataError, OverflowError)

Figures = Mapping[str, int]
Project = Callable[[AsyncConnection, list[Any]], Awaitable[Figures | None]]


@dataclass(frozen=True)
class Projection:
    """A topic, the facts on it by their CloudEvents type, and what they do to the read model.

    `project` may see facts twice and, across keys and types, in any order. The figures that it
    returns, by outcome, are added to `outcomes` once they are committed. `gather` is the seconds
    for which a stream of records is let grow into a batch: short where somebody waits to see one.
    A batch has `at_once` records at most. Of several `lanes` one's records are read while the
    database works on another's.
    """

    topic: Topic
    facts: Types[Fact]
    project: Project
    outcomes: Counter | None = None
    gather: float = 0.1
    at_once: int = 5_000
    lanes: int = 1


async def apply_records(
    engine: AsyncEngine, projection: Projection, records: Sequence[ConsumerRecord], now: datetime
) -> None:
    """Project a batch of raw records in one transaction; what can't be read is quarantined.

    So is a value that the database can't hold. Any other error of its is not the record's fault and
    fails the batch.
    """
    facts, usable, rejects = read_facts(projection.facts, records)
    figures: list[Figures | None] = []
    try:
        async with _projecting(engine, projection, records) as tx:
            await quarantine(tx, rejects, now)
            if facts:
                figures = [await projection.project(tx, facts)]
    except _NO_VALUES as error:
        logger.warning("batch.refused", topic=projection.topic.name, error=repr(error))
        async with _projecting(engine, projection, records) as tx:
            taken, refused = await _tell_apart(tx, projection, usable, facts)
            await quarantine(tx, [*rejects, *refused], now)
            if taken:
                figures = [await projection.project(tx, taken)]
        rejects += refused
    if projection.outcomes is not None:
        for outcome, number in chain.from_iterable((each or {}).items() for each in figures):
            projection.outcomes.labels(outcome).inc(number)
    say_quarantined(projection.topic.name, rejects)


def as_json_array(models: Iterable[BaseModel]) -> str:
    """Models as one JSON array, for `jsonb_to_recordset`."""
    return f"[{','.join(model.model_dump_json() for model in models)}]"


@asynccontextmanager
async def _projecting(
    engine: AsyncEngine, projection: Projection, records: Sequence[ConsumerRecord]
) -> AsyncIterator[AsyncConnection]:
    """A transaction on tables that stay where they are, in which these records are projected."""
    async with begin(engine) as tx:
        await hold_tables(tx)
        await note_offsets(tx, projection.topic, records)
        yield tx


async def _tell_apart(
    tx: AsyncConnection,
    projection: Projection,
    records: Sequence[ConsumerRecord],
    facts: Sequence[Fact],
) -> tuple[list[Fact], list[Reject]]:
    """The facts that the database takes, of a batch that it refused, and the rejects of the others.

    By halves, each tried and taken back with its locks: rows that are kept from one trial to the
    next would be locked in the order of the records, crosswise to the other lanes.
    """
    error = await _try_out(tx, projection, facts)
    if error is None:
        return list(facts), []
    if len(facts) == 1:
        reason = Rejected(f"the read model can't hold it: {error}")
        return [], [Reject.of_record(records[0], reason)]
    usable: list[Fact] = []
    refused: list[Reject] = []
    half = len(facts) // 2
    for part in (slice(half), slice(half, None)):
        taken, left = await _tell_apart(tx, projection, records[part], facts[part])
        usable += taken
        refused += left
    return usable, refused


async def _try_out(
    tx: AsyncConnection, projection: Projection, facts: Sequence[Fact]
) -> Exception | None:
    """Project facts and take that back; why the database refused them, None where it did not."""
    savepoint = (await driver(tx)).transaction()
    await savepoint.start()
    try:
        await projection.project(tx, list(facts))
    except _NO_VALUES as error:
        return error
    else:
        return None
    finally:
        await savepoint.rollback()
