"""Classify the suppliers that a batch of records shows for the first time."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.announce_suppliers import announce_suppliers
from services.classify.classification import classify
from services.classify.definitions.definition import Definitions
from services.classify.index_in_force import index_in_force
from services.classify.queries.known import know
from services.classify.queries.suppliers import (
    ClassifiedSupplier,
    hold_registers,
    insert_suppliers,
)
from services.classify.supplier import Supplier
from shared.database import begin, driver
from shared.inbox import Reject, quarantine


class Classified(NamedTuple):
    """The suppliers that were new, and the records that were quarantined."""

    new: list[ClassifiedSupplier]
    quarantined: list[Reject]


async def classify_suppliers(
    engine: AsyncEngine,
    definitions: Definitions,
    suppliers: Sequence[Supplier],
    rejects: Sequence[Reject],
    now: datetime,
) -> Classified:
    """Classify, keep and announce the suppliers that are not known yet, exactly once each."""
    async with begin(engine) as tx:
        connection = await driver(tx)
        quarantined = await quarantine(tx, rejects, now)
        if not suppliers:
            return Classified([], quarantined)
        await hold_registers(connection)
        known = await know(connection, suppliers)
        found = classify(suppliers, known, await index_in_force(connection), definitions)
        classified = [
            ClassifiedSupplier(supplier, 1, classification, now)
            for supplier, classification in zip(suppliers, found, strict=True)
        ]
        inserted = await insert_suppliers(connection, classified)
        new = [one for one in classified if one.supplier.supplier_id in inserted]
        await announce_suppliers(tx, new, now)
    return Classified(new, quarantined)
