"""Classify the suppliers that a batch of records shows for the first time."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.announce_suppliers import announce_suppliers
from services.classify.basis.basis import Basis
from services.classify.classification import classify
from services.classify.queries.bases import record_basis
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
    basis: Basis,
    suppliers: Sequence[Supplier],
    rejects: Sequence[Reject],
    now: datetime,
) -> Classified:
    """Classify, keep and announce the suppliers that are not known yet, exactly once each.

    Registers replaced since the basis was made are no matter: what is classified bears its basis.
    """
    async with begin(engine) as tx:
        connection = await driver(tx)
        quarantined = await quarantine(tx, rejects, now)
        if not suppliers:
            return Classified([], quarantined)
        await hold_registers(connection)
        record = basis.record()
        await record_basis(connection, record, now)
        known = await know(connection, suppliers)
        # In a thread: a batch is a second's work, in which consumers and door must answer.
        found = await asyncio.to_thread(classify, suppliers, known, basis.index, basis.definitions)
        classified = [
            ClassifiedSupplier(supplier, 1, classification, now, record.basis)
            for supplier, classification in zip(suppliers, found, strict=True)
        ]
        inserted = await insert_suppliers(connection, classified)
        new = [one for one in classified if one.supplier.supplier_id in inserted]
        await announce_suppliers(tx, new, now)
    return Classified(new, quarantined)
