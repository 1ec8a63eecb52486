"""Suppliers and the organisations that they are."""

from collections.abc import Collection, Sequence

from sqlalchemy import FromClause, RowMapping, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.known import NOW, Known
from services.api.tables import NAMED, SEARCHED, payments, spend, suppliers
from shared.errors import Rejected

Row = RowMapping


async def read_supplier(connection: AsyncConnection, supplier_id: str) -> Row | None:
    """What classification says of a supplier; None while it is not classified."""
    found = await connection.execute(
        select(suppliers).where(suppliers.c.supplier_id == supplier_id)
    )
    return found.mappings().one_or_none()


async def read_payee(
    connection: AsyncConnection, supplier_id: str, buyers: Collection[str]
) -> str | None:
    """The name on one of these buyers' payments to the supplier; None where nothing was paid."""
    payee: str | None = await connection.scalar(
        select(payments.c.payee)
        .where(payments.c.supplier_id == supplier_id, payments.c.buyer.in_(buyers))
        .limit(1)
    )
    return payee


async def buyers_of(connection: AsyncConnection, supplier_ids: list[str]) -> dict[str, set[str]]:
    """The buyers that paid each supplier."""
    found = await connection.execute(
        select(spend.c.supplier_id, spend.c.buyer)
        .where(spend.c.supplier_id.in_(supplier_ids))
        .distinct()
    )
    buyers: dict[str, set[str]] = {supplier: set() for supplier in supplier_ids}
    for supplier, buyer in found:
        buyers[supplier].add(buyer)
    return buyers


async def check_place(connection: AsyncConnection, place: str | None) -> None:
    """Rejected where no supplier lies or works in a Place of this name: it may be misspelt."""
    if place is None:
        return
    within = or_(suppliers.c.place == place, suppliers.c.places.contains([place]))
    if not await connection.scalar(select(exists().where(within))):
        raise Rejected(f"no supplier is known in the Place {place[:80]!r}", "buyer_place")


async def suppliers_of(
    connection: AsyncConnection, organisations: Sequence[str], known: Known = NOW
) -> tuple[str, ...] | None:
    """The suppliers that were matched with any of the organisations, by their ids; None for none.

    By what was known at a moment, where it is given. Rejected: an organisation that no supplier is,
    neither then nor today.
    """
    if not organisations:
        return None
    found = await _matched_with(connection, organisations, known.suppliers)
    named = {organisation for organisation, _ in found}
    if known is not NOW:
        of_today = await _matched_with(connection, organisations, suppliers)
        named |= {organisation for organisation, _ in of_today}
    for unknown in sorted(set(organisations) - named):
        raise Rejected(
            f"no supplier is the organisation {unknown[:80]!r}: /v1/organisations?name= finds those"
            " that are known",
            "organisation",
        )
    return tuple(sorted(supplier for _, supplier in found))


async def _matched_with(
    connection: AsyncConnection, organisations: Sequence[str], of: FromClause
) -> list[tuple[str, str]]:
    rows = await connection.execute(
        select(of.c.organisation, of.c.supplier_id).where(of.c.organisation.in_(organisations))
    )
    return [(organisation, supplier) for organisation, supplier in rows]


async def suppliers_named(connection: AsyncConnection, words: str) -> tuple[str, ...]:
    """The suppliers of which a register's name and the ledger's bear all of these words, by id.

    Only those that are shown to be organisations; `words` as `search_words` has them.
    """
    found = await connection.scalars(
        select(suppliers.c.supplier_id)
        .where(text(NAMED), text(f"{SEARCHED} @@ to_tsquery('simple', :words)"))
        .params(words=words)
    )
    return tuple(sorted(found))


async def suppliers_that_are(connection: AsyncConnection, organisation: str) -> list[Row]:
    """The suppliers that were matched with an organisation."""
    found = await connection.execute(
        select(suppliers)
        .where(suppliers.c.organisation == organisation)
        .order_by(suppliers.c.payee, suppliers.c.supplier_id)
    )
    return list(found.mappings())
