"""Reconcile names with organisations: the use case behind `/reconcile`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.matching.asked import asked
from services.classify.matching.rules import match_suppliers
from services.classify.queries.organisations import names_of
from services.classify.queries.registers import look_up
from services.classify.reconciliation.query import Query
from services.classify.reconciliation.ranking import Ranked, Ranking, answer, ranking
from services.classify.supplier import Supplier
from shared.database import raw_connection

Rank = Callable[[Any, Sequence[Supplier]], Awaitable[list[Ranking]]]
"""Ranks what each payee may be, best first, on the driver's connection that it is given."""


async def rank_by_rules(
    at_hand: Callable[[], Awaitable[Basis]], connection: Any, suppliers: Sequence[Supplier]
) -> list[Ranking]:
    """What the rules of matching say of each: the same that is said of a payee of a ledger."""
    index = (await at_hand()).index
    known = await look_up(connection, *asked(suppliers))
    every = known.beside(index.known)
    matches = await asyncio.to_thread(match_suppliers, suppliers, known, index)
    return [ranking(match, every) for match in matches]


async def reconcile_names(
    engine: AsyncEngine, rank: Rank, batch: Mapping[str, Query]
) -> dict[str, Any]:
    """The candidates of every query, under its key; each query is answered by itself.

    It answers with organisations of the registers only, never with what a ledger printed.
    """
    suppliers = [query.supplier() for query in batch.values()]
    async with engine.connect() as connection:
        driver = await raw_connection(connection)
        found = await rank(driver, suppliers)
        ids = {query.org_id for query in batch.values() if query.org_id}
        known = await look_up(driver, [], sorted(ids)) if ids else None
        if known is not None:
            found = [
                _itself(ranked, known.by_id.get(query.org_id or ""))
                for ranked, query in zip(found, batch.values(), strict=True)
            ]
        org_ids = {each.organisation.org_id for ranked in found for each in ranked.ranked}
        names = await names_of(driver, sorted(filter(None, org_ids)))
    return {
        key: answer(query, supplier, ranked, names)
        for (key, query), supplier, ranked in zip(batch.items(), suppliers, found, strict=True)
    }


def _itself(found: Ranking, organisation: Any) -> Ranking:
    """A query that is an identifier means what bears it."""
    if organisation is None:
        return found
    return Ranking(
        "published-identifier",
        (f"The query is the identifier {organisation.org_id}.",),
        [Ranked(organisation, 1.0, sure=True)],
    )
