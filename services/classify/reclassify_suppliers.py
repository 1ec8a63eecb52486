"""Classify every known supplier anew, and announce those of which something changed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.announce_suppliers import announce_suppliers
from services.classify.classification import Classification, classify
from services.classify.definitions.definition import Definition
from services.classify.index_in_force import index_in_force
from services.classify.matching.asked import asked
from services.classify.queries.registers import look_up
from services.classify.queries.suppliers import (
    ClassifiedSupplier,
    as_json,
    await_classifying,
    change_suppliers,
    lock_suppliers,
)
from shared.database import begin, driver

_AT_ONCE = 2000


class Reclassified(NamedTuple):
    """How many suppliers were looked at, and how many changed."""

    suppliers: int
    changed: int


async def reclassify_suppliers(
    engine: AsyncEngine,
    definitions: Sequence[Definition],
    now: datetime,
    watch: Callable[[int], object] = lambda _: None,
) -> Reclassified:
    """Bring every supplier up to the registers and definitions in force.

    Each page is a transaction that locks its suppliers, so runs beside the service and beside each
    other are safe and revisions only rise; what was done stays done when it is interrupted. `watch`
    is told how many suppliers each page held.
    """
    async with begin(engine) as tx:
        # Whoever classified by the earlier registers has committed after this, and is in the pages.
        await await_classifying(await driver(tx))
    seen = changed = 0
    after: str | None = None
    while True:
        async with begin(engine) as tx:
            connection = await driver(tx)
            page = await lock_suppliers(connection, after, _AT_ONCE)
            if not page:
                return Reclassified(seen, changed)
            index = await index_in_force(connection)
            known = await look_up(connection, *asked(supplier for supplier, _, _ in page))
            found = classify([supplier for supplier, _, _ in page], known, index, definitions)
            moved = []
            for (supplier, revision, before), classification in zip(page, found, strict=True):
                if _differs(before, classification):
                    moved.append(ClassifiedSupplier(supplier, revision + 1, classification, now))
            await change_suppliers(connection, moved)
            await announce_suppliers(tx, moved, now)
        seen += len(page)
        changed += len(moved)
        after = page[-1][0].supplier_id
        watch(len(page))


def _differs(before: dict[str, Any], classification: Classification) -> bool:
    return any(
        orjson.loads(as_json(value)) != before[field]
        if isinstance(value, tuple)
        else value != before[field]
        for field, value in classification._asdict().items()
    )
