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
    except asyncpg.DataError as error:
        logger.warning("batch.refused", topic=projection.topic.name, error=repr(error))
        async with _projecting(engine, projection, records) as tx:
            refused, figures = await _apply_one_by_one(tx, projection, usable, facts)
            await quarantine(tx, [*rejects, *refused], now)
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


async def _apply_one_by_one(
    tx: AsyncConnection,
    projection: Projection,
    records: list[ConsumerRecord],
    facts: Sequence[Fact],
) -> tuple[list[Reject], list[Figures | None]]:
    """The same work with a savepoint for each record, for a batch that the database refused."""
    refused, figures = [], []
    connection = await driver(tx)
    for record, fact in zip(records, facts, strict=True):
        try:
            async with connection.transaction():
                figures_of_one = await projection.project(tx, [fact])
        except asyncpg.DataError as error:
            reason = Rejected(f"the read model can't hold it: {error}")
            refused.append(Reject.of_record(record, reason))
        else:
            figures.append(figures_of_one)
    return refused, figures
