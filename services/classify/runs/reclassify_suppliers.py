"""Classify every known supplier anew, and announce those of which something changed."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.queries.suppliers import await_classifying, lock_suppliers
from services.classify.restate_suppliers import Change, restate_suppliers
from shared.database import begin, driver

AT_ONCE = 2000

Keep = Callable[[Any, Sequence[Change]], Awaitable[None]]


class Reclassified(NamedTuple):
    """How many suppliers were looked at, and how many changed."""

    suppliers: int
    changed: int


async def reclassify_suppliers(
    engine: AsyncEngine,
    basis: Basis,
    now: datetime,
    watch: Callable[[int], object] = lambda _: None,
    keep: Keep | None = None,
    *,
    only_stale: bool = False,
) -> Reclassified:
    """Bring every supplier, or only those that stand on another basis, up to this one.

    Each page is a transaction that locks its suppliers, so runs beside the service and beside each
    other are safe and revisions only rise; what was done stays done when it is interrupted. `watch`
    is told how many suppliers each page held; `keep` what each changed, in its transaction.
    """
    async with begin(engine) as tx:
        # Whoever classified by the earlier registers has committed after this, and is in the pages.
        await await_classifying(await driver(tx))
    standing = basis.record().basis if only_stale else None
    seen = changed = 0
    after: str | None = None
    while True:
        async with begin(engine) as tx:
            page = await lock_suppliers(await driver(tx), after, AT_ONCE, standing)
            if not page:
                return Reclassified(seen, changed)
            moved = await restate_suppliers(tx, page, basis, now)
            if keep is not None:
                await keep(await driver(tx), moved)
        seen += len(page)
        changed += len(moved)
        after = page[-1].supplier.supplier_id
        watch(len(page))
