"""A page of suppliers as a caller may see them, by the id that is shown.

Those that are organisations, once; those that may be persons, once where they are payees of the
caller's own buyers, and as the payee of each other buyer by itself (withheld_ids.py). Each kind has
an index of its own (listed_suppliers.py): a page is looked for in each, and is what comes first.
"""

from collections.abc import Sequence

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.lists.order import Order, Place
from services.api.lists.search import Seen, page_of
from services.api.queries.listed_suppliers import Kind, Sought, kinds_of
from services.api.queries.supplier_told import (
    OF_NAME,
    SUMS,
    conditions_of,
    is_own,
    tell_suppliers,
)
from services.api.tables import NAMED

LOOKED_AT = 2_000
"""Suppliers of a page, of all kinds together, where only some are asked for."""
_FEW = 5_000
"""Suppliers of a name that are sought by their ids."""
_BY_ID = Order("supplier_id", "whole", falling=False)

# Of many only how many they are: thousands of ids are not sent to be thrown away.
_FEW_NAMED = f"""
    select coalesce(array_agg(supplier_id::text order by supplier_id), '{{}}')
    from (select supplier_id from suppliers where {NAMED} and {OF_NAME} limit :few + 1) as named
    having count(*) <= :few
"""  # noqa: S608 - our own text
_OF_THE_PAGE = """
    (select * from unnest(
        cast(:shown as uuid[]), cast(:suppliers as uuid[]), cast(:by as text[])
    ) as page (shown_id, supplier_id, buyer))
"""
# What may be a person is added up of the one buyer, or of the caller's own.
_PAID = f"""
    left join lateral (
        select {SUMS} from spend where spend.supplier_id = listed.supplier_id and
        case when {NAMED} then true
            when listed.buyer is not null then spend.buyer = listed.buyer
            else {is_own("spend.buyer")} end
    ) as paid on true
"""  # noqa: S608
_TOLD = tell_suppliers(listed=_OF_THE_PAGE, paid=_PAID, passes="true", order="shown_id")


def _look(kind: Kind, few: str, passes: Sequence[str]) -> str:
    """The statement that looks at suppliers of a kind in their order, and says which pass."""
    # Each is looked up by its id: the planner would rather read all of them, for a few thousand.
    return f"""
        select shown_id::text, supplier_id::text, buyer, passes, number = :most as last from (
            select listed.*, {" and ".join(passes) or "true"} as passes,
                row_number() over (order by shown_id) as number
            from {kind.listed.format(few=few)} as listed left join lateral (
                select * from suppliers where suppliers.supplier_id = listed.supplier_id offset 0
            ) as supplier on true
        ) as looked_at
        where passes or number = :most order by looked_at.shown_id limit :limit
    """  # noqa: S608


async def read_suppliers(
    connection: AsyncConnection, sought: Sought, after: Place, limit: int
) -> tuple[list[RowMapping], Place | None]:
    """A page of suppliers after a place, with what they were paid by the buyers; and the place
    after which the next page begins, None on the last.
    """
    seen: list[Seen] = []
    whose: dict[str, tuple[str, str | None]] = {}
    kinds = list(kinds_of(sought))
    for kind in kinds:
        passes = [*conditions_of(sought), *kind.passes]
        looked_at = max(limit + 1, LOOKED_AT // len(kinds)) if passes else limit + 1
        asked = {"after": after.row_id, "limit": limit + 1, "of": list(kind.of), "most": looked_at}
        statement = text(_look(kind, sought.few, passes))
        for row in await connection.execute(statement, sought.values() | asked):
            seen.append(Seen(Place(0, row.shown_id), row.passes, row.last))
            whose[row.shown_id] = row.supplier_id, row.buyer
    ids, last = page_of(seen, _BY_ID, limit)
    of_page = {
        "shown": ids,
        "suppliers": [whose[each][0] for each in ids],
        "by": [whose[each][1] for each in ids],
    }
    told = await connection.execute(text(_TOLD), sought.values() | of_page)
    return list(told.mappings()), last


async def few_named(connection: AsyncConnection, words: str) -> tuple[str, ...] | None:
    """The suppliers whose names bear the words, where they are few; None where it takes no longer
    to look at one after another.
    """
    found = await connection.scalar(text(_FEW_NAMED), {"words": words, "few": _FEW})
    return None if found is None else tuple(found)


def start() -> Place:
    """Before every supplier."""
    return _BY_ID.start()
