"""Kafka in: agreements and suppliers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.agreement import AgreementFact
from services.notify.plan_obligations import plan_obligations
from services.notify.record_suppliers import record_suppliers
from shared import topics
from shared.envelope import open_record, read_published
from shared.errors import Rejected
from shared.events import (
    AgreementEnded,
    AgreementRegistered,
    AgreementVaried,
    Fact,
    SupplierClassified,
)
from shared.inbox import Reject
from shared.kafka import Consumers
from shared.logs import logger
from shared.metrics import RECORDS

FactT = TypeVar("FactT", bound=Fact)
AGREEMENT_FACTS: dict[str, type[AgreementFact]] = {
    fact.TYPE: fact for fact in (AgreementRegistered, AgreementVaried, AgreementEnded)
}
SUPPLIER_FACTS = {SupplierClassified.TYPE: SupplierClassified}


def handle_agreements(
    consumers: Consumers,
    engine: AsyncEngine,
    clock: Callable[[], datetime],
    today: Callable[[], date],
) -> None:
    """Plan what agreements bring."""

    @consumers.batch(topics.AGREEMENTS)
    async def agreements(records: list[ConsumerRecord]) -> None:
        facts, rejects = decode(AGREEMENT_FACTS, records)
        await plan_obligations(engine, facts, rejects, today(), clock())


def handle_suppliers(
    consumers: Consumers,
    engine: AsyncEngine,
    clock: Callable[[], datetime],
    today: Callable[[], date],
) -> None:
    """Learn which organisations suppliers are."""

    @consumers.batch(topics.SUPPLIERS, gather=0.25)
    async def suppliers(records: list[ConsumerRecord]) -> None:
        facts, rejects = decode(SUPPLIER_FACTS, records)
        await record_suppliers(engine, facts, rejects, today(), clock())


def decode(
    types: Mapping[str, type[FactT]], records: Sequence[ConsumerRecord]
) -> tuple[list[FactT], list[Reject]]:
    """The facts of a batch, and what can't be used of it."""
    facts: list[FactT] = []
    rejects: list[Reject] = []
    for record in records:
        try:
            facts.append(_fact(types, record))
        except Rejected as error:
            rejects.append(Reject.of_record(record, error))
            RECORDS.labels(record.topic, "quarantined").inc()
            logger.error("record.quarantined", origin=rejects[-1].origin, reason=error.reason)
    return facts, rejects


def _fact(types: Mapping[str, type[FactT]], record: ConsumerRecord) -> FactT:
    envelope = open_record(record.headers, record.value)
    fact = types.get(envelope.type)
    if fact is None:
        raise Rejected(f"{envelope.type} is not known on this topic", "type")
    return read_published(fact, envelope.data)
