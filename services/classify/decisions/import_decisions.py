"""Add decisions that were exported to the history, and restate whom they concern."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.decisions.decision import Decision
from services.classify.queries.decisions import insert_decisions
from services.classify.queries.suppliers import await_classifying, lock_named
from services.classify.restate_suppliers import Change, restate_suppliers
from shared.database import begin, driver


class Imported(NamedTuple):
    """The ids of the decisions that were new, and the suppliers that changed by them."""

    added: set[str]
    changes: list[Change]


async def import_decisions(
    engine: AsyncEngine,
    basis: Basis,
    decisions: Sequence[Decision],
    now: datetime,
    *,
    dry_run: bool = False,
) -> Imported:
    """Add what is not there yet, all or nothing. The latest decision on a supplier is in force.

    Suppliers need not be known: a decision waits for its payment. With `dry_run` all of it is done
    and then taken back.
    """
    async with begin(engine, keep=not dry_run) as tx:
        connection = await driver(tx)
        await await_classifying(connection)
        added = await insert_decisions(connection, decisions)
        new = [decision for decision in decisions if decision.id in added]
        page = await lock_named(
            connection,
            {decision.supplier_id for decision in new},
            {decision.name_key for decision in new if decision.name_key},
        )
        changes = await restate_suppliers(tx, page, basis, now)
    return Imported(added, changes)
