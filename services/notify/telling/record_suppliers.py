"""Record which organisation each supplier is."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.notifications import (
    address_suppliers,
    hold_matching,
    lock_notifications,
)
from services.notify.queries.recipients import agreements_of
from services.notify.queries.suppliers import upsert_suppliers
from services.notify.telling.recall_notifications import recall_notifications
from shared.database import begin
from shared.events import SupplierClassified
from shared.inbox import Reject, quarantine


async def record_suppliers(
    engine: AsyncEngine,
    facts: Sequence[SupplierClassified],
    rejects: Sequence[Reject],
    today: date,
    now: datetime,
) -> int:
    """Keep the newest revision of each supplier; return how many became another organisation.

    Messages about an agreement wait for nobody to be matched: an organisation that turns out to be
    its provider is told then what was raised before and still holds. One that turns out not to be
    is told nothing more, and asked to disregard what it may have got.
    """
    newest: dict[str, SupplierClassified] = {}
    for fact in facts:
        key = str(fact.supplier_id)
        if key not in newest or newest[key].revision < fact.revision:
            newest[key] = fact
    async with begin(engine) as tx:
        await quarantine(tx, rejects, now)
        changed = await upsert_suppliers(tx, list(newest.values()))
        if changed:
            await hold_matching(tx, exclusive=True)
            agreements = await agreements_of(tx, changed)
            await lock_notifications(tx, agreements)
            await recall_notifications(tx, agreements, now)
            await address_suppliers(tx, changed, today, now)
    return len(changed)
