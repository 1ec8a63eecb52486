"""Suppliers, those that are classified and those that are only paid: by page or all of them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.coverage import CLASSES
from services.api.lists.order import Order, Place
from services.api.lists.search import Seen, page_of
from services.api.queries.coverage_class import COVERAGE_CLASS
from services.api.tables import NAMED, SEARCHED
from shared.lists.copied_rows import copy_items
from shared.lists.whole_list import join_freely

LOOKED_AT = 2_000
"""Suppliers of a page, where only some are asked for."""

_FEW = 5_000
"""Suppliers of a name that are sought by their ids."""

ORDERS = ("supplier_id", "-amount", "amount")
"""By `sort`; pages are by id only, for amounts are added up."""
_BY_ID = Order("supplier_id", "whole", falling=False)
_AWAITING = "awaiting"

_CLASSIFIED = """
    select supplier_id::text, passes, number = :most as last from (
        select supplier_id, {passes} as passes, row_number() over (order by supplier_id) as number
        from suppliers as supplier where supplier_id > cast(:after as uuid) {within}
        order by supplier_id limit :most
    ) as looked_at
    where passes or number = :most limit :limit
"""
# Step by step from one supplier to the next: each has many rows.
_PAID = """
    with recursive paid (supplier_id, number) as (
        (select supplier_id, 1 from spend where supplier_id > cast(:after as uuid)
        order by supplier_id limit 1)
        union all
        select following.supplier_id, paid.number + 1 from paid cross join lateral (
            select supplier_id from spend where spend.supplier_id > paid.supplier_id
            order by supplier_id limit 1
        ) as following where paid.number < :most
    )
    select supplier_id::text, passes, number = :most as last from (
        select supplier_id, number, {passes} as passes from paid as supplier
    ) as looked_at
    where passes or number = :most limit :limit
"""
_NOT_CLASSIFIED = (
    "not exists (select from suppliers as known where known.supplier_id = supplier.supplier_id)"
)
# One row each: as a semi-join it might be looked up for all suppliers first.
_PAID_BY = """
    (select true from spend where spend.supplier_id = supplier.supplier_id
    and spend.buyer = any(cast(:buyers as text[])) limit 1) is not null
"""
_COUNTS = """
    exists (select from memberships as membership
    where membership.supplier_id = supplier.supplier_id and membership.definition = :definition)
"""
_OF_NAME = f"""
    {NAMED} and {SEARCHED} @@ to_tsquery('simple', :words)
"""
# Of many only how many they are: thousands of ids are not sent to be thrown away.
_FEW_NAMED = f"""
    select coalesce(array_agg(supplier_id::text order by supplier_id), '{{}}')
    from (select supplier_id from suppliers where {_OF_NAME} limit {_FEW + 1}) as named
    having count(*) <= {_FEW}
"""  # noqa: S608 - our own text
# The roll-up is added up in one pass; of few suppliers by their index.
_SHOWN = """
    with paid as (
        select supplier_id, array_agg(distinct buyer order by buyer) as buyers,
            sum(lines) filter (where {counted}) as lines,
            sum(pence) filter (where {counted}) as pence
        from spend {of} group by supplier_id
    )
    select supplier_id::text, coalesce(supplier.payee, (
            select payee from payments where payments.supplier_id = paid.supplier_id limit 1
        )) as payee,
        supplier.tier, supplier.score, supplier.charity_probability, supplier.rule,
        supplier.organisation, supplier.organisation_name, supplier.legal_form,
        coalesce(supplier.redacted, false) as redacted, supplier.flags, supplier.income,
        supplier.income_band, supplier.size, supplier.place, supplier.places, supplier.reach,
        supplier.locality_rule, supplier.revision, supplier.recorded_at,
        to_json(array(select distinct definition from memberships as membership
            where membership.supplier_id = supplier.supplier_id order by definition
        )) as definitions,
        to_json(coalesce(paid.buyers, '{{}}')) as buyers, coalesce(paid.lines, 0)::bigint as lines,
        coalesce(paid.pence, 0)::bigint as pence
    from (select * from suppliers {of}) as supplier full join paid using (supplier_id)
    where {passes} order by {order}
"""
_JSON = ("flags", "places", "definitions", "buyers")
_COUNTED = "cast(:buyers as text[]) = '{}' or buyer = any(cast(:buyers as text[]))"
_OF_FEW = "where supplier_id = any(cast(:suppliers as uuid[]))"
_OF_PAYING = "paid.buyers && cast(:buyers as text[])"


class Sought(NamedTuple):
    """Suppliers paid by any of these buyers, of any of these classes of coverage (all where none);
    only those among `suppliers`, where not None; that count under a definition on any day; of a
    legal form; whose names bear words, as `search_words` has them.
    """

    buyers: Sequence[str]
    suppliers: Sequence[str] | None
    coverage: Sequence[str]
    definition: str | None
    legal_form: str | None
    words: str | None

    def values(self) -> dict[str, Any]:
        """As the statements name them."""
        return self._asdict() | {
            "buyers": list(self.buyers),
            "suppliers": list(self.suppliers or ()),
            "coverage": list(self.coverage),
        }

    @property
    def classified(self) -> bool:
        """Whether any that is classified may pass."""
        return not self.coverage or set(self.coverage) != {_AWAITING}

    @property
    def awaiting(self) -> bool:
        """Whether any that is not classified may pass: nothing is known of it but who paid it."""
        known = (self.suppliers, self.definition, self.legal_form, self.words)
        return _AWAITING in (self.coverage or CLASSES) and all(each is None for each in known)


async def read_suppliers(
    connection: AsyncConnection, sought: Sought, after: Place, limit: int
) -> tuple[list[RowMapping], Place | None]:
    """A page of suppliers after a place, by id, with what they were paid by the buyers; and the
    place after which the next page begins, None on the last.
    """
    conditions = _conditions(sought)
    asked = sought.values() | {
        "after": after.row_id,
        "most": max(limit + 1, LOOKED_AT) if conditions or sought.buyers else limit + 1,
        "limit": limit + 1,
    }
    paid_by = [_PAID_BY] if sought.buyers else []
    branches = []
    if sought.classified:
        branches.append(
            _CLASSIFIED.format(
                passes=" and ".join([*conditions, *paid_by]) or "true",
                within="" if sought.suppliers is None else _OF_FEW.replace("where", "and"),
            )
        )
    if sought.awaiting:
        branches.append(_PAID.format(passes=" and ".join([_NOT_CLASSIFIED, *paid_by])))
    seen = [
        Seen(Place(0, row.supplier_id), row.passes, row.last)
        for branch in branches
        for row in await connection.execute(text(branch), asked)
    ]
    ids, last = page_of(seen, _BY_ID, limit)
    page = _SHOWN.format(of=_OF_FEW, counted=_COUNTED, passes="true", order="supplier_id")
    rows = await connection.execute(text(page), sought.values() | {"suppliers": ids})
    return list(rows.mappings()), last


async def read_every_supplier(
    connection: AsyncConnection, sought: Sought, sort: str
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All of the suppliers, by batches, in their order."""
    conditions = _conditions(sought) + ([_OF_PAYING] if sought.buyers else [])
    direction = "desc" if sort.startswith("-") else "asc"
    by_amount = f"coalesce(paid.pence, 0) {direction}, " if sort.endswith("amount") else ""
    whole = _SHOWN.format(
        of="" if sought.suppliers is None else _OF_FEW,
        counted=_COUNTED,
        passes=" and ".join(conditions) or "true",
        order=f"{by_amount}supplier_id",
    )
    await join_freely(connection)
    async for rows in copy_items(connection, text(whole), sought.values(), json=_JSON):
        yield rows


async def few_named(connection: AsyncConnection, words: str) -> tuple[str, ...] | None:
    """The suppliers whose names bear the words, where they are few; None where it takes no longer
    to look at one after another.
    """
    found = await connection.scalar(text(_FEW_NAMED), {"words": words})
    return None if found is None else tuple(found)


def start() -> Place:
    """Before every supplier."""
    return _BY_ID.start()


def _conditions(sought: Sought) -> list[str]:
    """What a supplier passes by beside who paid it, as far as it is asked."""
    conditions = {
        f"{COVERAGE_CLASS} = any(cast(:coverage as text[]))": bool(sought.coverage),
        _COUNTS: sought.definition is not None,
        "supplier.legal_form = :legal_form": sought.legal_form is not None,
        _OF_NAME: sought.words is not None,
    }
    return [condition for condition, asked in conditions.items() if asked]
