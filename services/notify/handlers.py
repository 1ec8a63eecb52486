"""Kafka in: agreements and suppliers."""

from collections.abc import Callable
from datetime import date, datetime

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.agreement import AgreementFact
from services.notify.plan_obligations import plan_obligations
from services.notify.record_suppliers import record_suppliers
from shared import topics
from shared.events import (
    AgreementEnded,
    AgreementRegistered,
    AgreementVaried,
    SupplierClassified,
)
from shared.inbox import say_quarantined
from shared.kafka import Consumers
from shared.read_facts import Types, by_type, read_facts

AGREEMENT_FACTS: Types[AgreementFact] = by_type(
    AgreementRegistered, AgreementVaried, AgreementEnded
)
SUPPLIER_FACTS = by_type(SupplierClassified)


def handle_agreements(
    consumers: Consumers,
    engine: AsyncEngine,
    clock: Callable[[], datetime],
    today: Callable[[], date],
) -> None:
    """Plan what agreements bring."""

    @consumers.batch(topics.AGREEMENTS)
    async def agreements(records: list[ConsumerRecord]) -> None:
        facts, _, rejects = read_facts(AGREEMENT_FACTS, records)
        await plan_obligations(engine, facts, rejects, today(), clock())
        say_quarantined(topics.AGREEMENTS.name, rejects)


def handle_suppliers(
    consumers: Consumers,
    engine: AsyncEngine,
    clock: Callable[[], datetime],
    today: Callable[[], date],
) -> None:
    """Learn which organisations suppliers are."""

    @consumers.batch(topics.SUPPLIERS, gather=0.5)
    async def suppliers(records: list[ConsumerRecord]) -> None:
        facts, _, rejects = read_facts(SUPPLIER_FACTS, records)
        await record_suppliers(engine, facts, rejects, today(), clock())
        say_quarantined(topics.SUPPLIERS.name, rejects)
