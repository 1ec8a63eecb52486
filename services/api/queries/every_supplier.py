"""All suppliers as a caller may see them, for a file; those of a page: supplier_page.py."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.listed_suppliers import Sought
from services.api.queries.payees import MAY_BE_PERSON
from services.api.queries.supplier_told import SUMS, conditions_of, is_own, tell_suppliers
from services.api.tables import NAMED
from shared.lists.copied_rows import copy_items
from shared.lists.whole_list import join_freely

ORDERS = ("supplier_id", "-amount", "amount")
"""By `sort`; pages are by id only, for amounts are added up."""
_OF_PAYING = "paid.buyers && cast(:buyers as text[])"
_JSON = ("flags", "places", "definitions", "buyers")


async def read_every_supplier(
    connection: AsyncConnection, sought: Sought, sort: str
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All of the suppliers, by batches, in their order."""
    passes = conditions_of(sought)
    if sought.buyers:
        passes.append(_OF_PAYING)
    if sought.words is not None:  # names that may be persons' are not searched
        passes.append(NAMED)
    direction = "desc" if sort.startswith("-") else "asc"
    by_amount = f"coalesce(paid.pence, 0) {direction}, " if sort.endswith("amount") else ""
    statement = tell_suppliers(
        listed=_listed(sought.few),
        paid=_paid(sought.few),
        passes=" and ".join(passes) or "true",
        order=f"{by_amount}shown_id",
    )
    await join_freely(connection)
    async for rows in copy_items(connection, text(statement), sought.values(), json=_JSON):
        yield rows


def _listed(few: str) -> str:
    """Organisations; payees of the asker's own buyers; those of each other buyer by themselves."""
    return f"""
        (select supplier_id as shown_id, supplier_id, null as buyer from suppliers
            where {NAMED} {few}
        union all
        select distinct supplier_id, supplier_id, null from payees
            left join suppliers using (supplier_id)
            where {MAY_BE_PERSON} and {is_own("buyer")} {few}
        union all
        select withheld_id, supplier_id, buyer from payees left join suppliers using (supplier_id)
            where {MAY_BE_PERSON} and not {is_own("buyer")} {few})
    """  # noqa: S608 - our own text


def _paid(few: str) -> str:
    """The roll-up is added up in one pass; of few suppliers by their index."""
    return f"""
        left join (
            select supplier_id, case when {MAY_BE_PERSON} and not {is_own("buyer")}
                then buyer else '' end as of_buyer, {SUMS}
            from spend left join suppliers using (supplier_id) where true {few} group by 1, 2
        ) as paid on paid.supplier_id = listed.supplier_id
            and paid.of_buyer = coalesce(listed.buyer, '')
    """  # noqa: S608
