"""Suppliers that wait for a person, the most pounds first."""

from collections.abc import Collection
from typing import Any, NamedTuple

from services.classify.queries.suppliers import read_suppliers


class PageStart(NamedTuple):
    """Where a list goes on: after the supplier with these pence and this id."""

    pence: int
    supplier_id: str


class Paid(NamedTuple):
    """What one buyer paid a supplier, net of credits."""

    buyer: str
    lines: int
    pence: int


class Review(NamedTuple):
    """A supplier that waits, every column by name, and what it was paid by whom.

    `page_start` is where the list that was asked for goes on after it.
    """

    supplier: dict[str, Any]
    paid: list[Paid]
    page_start: PageStart


class Waiting(NamedTuple):
    """How many suppliers wait, and what they were paid."""

    suppliers: int
    pence: int


_PAGE = """
    with waiting as (
        select s.supplier_id, coalesce(sum(p.pence), 0)::bigint as pence
        from suppliers s left join pounds p
            on p.supplier_id = s.supplier_id and ($1::text[] is null or p.buyer = any($1))
        where s.tier = 'review' group by s.supplier_id
        having $1::text[] is null or count(p.buyer) > 0
    )
    select pence, supplier_id from waiting
    where $2::bigint is null or pence < $2 or (pence = $2 and supplier_id > $3::uuid)
    order by pence desc, supplier_id limit $4
"""


async def list_reviews(
    connection: Any, buyers: Collection[str] | None, after: PageStart | None, most: int
) -> list[Review]:
    """The next suppliers in review, by what these buyers paid them; by all that was where None."""
    of = None if buyers is None else sorted(buyers)
    page = await connection.fetch(_PAGE, of, *(after or (None, None)), most)
    starts = [PageStart(row["pence"], str(row["supplier_id"])) for row in page]
    ids = [start.supplier_id for start in starts]
    suppliers = await read_suppliers(connection, ids)
    paid = await read_paid(connection, ids)
    return [
        Review(suppliers[start.supplier_id], paid.get(start.supplier_id, []), start)
        for start in starts
    ]


async def read_paid(connection: Any, supplier_ids: list[str]) -> dict[str, list[Paid]]:
    """What each of these suppliers was paid, by buyer, the most first."""
    rows = await connection.fetch(
        "select supplier_id, buyer, lines, pence from pounds where supplier_id = any($1::uuid[])"
        " order by pence desc, buyer",
        supplier_ids,
    )
    paid: dict[str, list[Paid]] = {}
    for row in rows:
        each = Paid(row["buyer"], row["lines"], row["pence"])
        paid.setdefault(str(row["supplier_id"]), []).append(each)
    return paid


async def count_reviews(connection: Any) -> Waiting:
    """How much waits."""
    row = await connection.fetchrow(
        "select count(distinct s.supplier_id) as suppliers, coalesce(sum(p.pence), 0) as pence"
        " from suppliers s left join pounds p using (supplier_id) where s.tier = 'review'"
    )
    return Waiting(row["suppliers"], int(row["pence"]))
