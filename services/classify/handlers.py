"""Kafka in: payments and agreements, for the suppliers that they show."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.classify_suppliers import classify_suppliers
from services.classify.metrics import SUPPLIERS_CLASSIFIED, SUPPLIERS_KNOWN
from services.classify.pounds.count_payments import count_payments
from services.classify.sighting import sight_agreements, sight_payments
from services.classify.supplier import Supplier
from shared.identity import partition_key
from shared.inbox import Reject, say_quarantined
from shared.kafka.consumers import Consumers
from shared.logs import logger
from shared.topics import AGREEMENTS, PAYMENTS, Topic

KnownSuppliers = set[bytes]
"""Record keys of the suppliers that are classified; they are added once that is committed."""


def subscribe(
    consumers: Consumers,
    engine: AsyncEngine,
    at_hand: Callable[[], Awaitable[Basis]],
    known: KnownSuppliers,
    clock: Callable[[], datetime],
) -> None:
    """Register the handlers of both topics."""

    @consumers.batch(PAYMENTS, max_records=10_000, gather=0.5)
    async def payments_accepted(records: list[ConsumerRecord]) -> None:
        await classify_new(PAYMENTS, *sight_payments(records, known))
        say_quarantined(PAYMENTS.name, await count_payments(engine, records, clock()))

    @consumers.batch(AGREEMENTS)
    async def agreements_changed(records: list[ConsumerRecord]) -> None:
        suppliers, rejects = sight_agreements(records)
        unknown = [s for s in suppliers if partition_key(s.supplier_id) not in known]
        await classify_new(AGREEMENTS, unknown, rejects)

    async def classify_new(topic: Topic, suppliers: list[Supplier], rejects: list[Reject]) -> None:
        if not suppliers and not rejects:
            return
        done = await classify_suppliers(engine, await at_hand(), suppliers, rejects, clock())
        known.update(partition_key(supplier.supplier_id) for supplier in suppliers)
        SUPPLIERS_KNOWN.set(len(known))
        say_quarantined(topic.name, done.quarantined)
        for one in done.new:
            SUPPLIERS_CLASSIFIED.labels(one.classification.tier, one.classification.rule).inc()
        if done.new:
            logger.info("suppliers.classified", topic=topic.name, new=len(done.new))
