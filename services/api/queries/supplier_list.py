"""Suppliers as a caller may see them, by page or all of them.

Those that are organisations, once; those that may be persons, once where they are payees of the
caller's own buyers, and as the payee of each other buyer by itself (withheld_ids.py).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.lists.order import Order, Place
from services.api.lists.search import Seen, page_of
from services.api.queries.coverage_class import class_shown
from services.api.queries.listed_suppliers import Sought, kinds_of
from services.api.queries.payees import MAY_BE_PERSON
from services.api.tables import NAMED, SEARCHED
from shared.lists.copied_rows import copy_items
from shared.lists.whole_list import join_freely

LOOKED_AT = 2_000
"""Suppliers of a page, of all kinds together, where only some are asked for."""

_FEW = 5_000
"""Suppliers of a name that are sought by their ids."""

ORDERS = ("supplier_id", "-amount", "amount")
"""By `sort`; pages are by id only, for amounts are added up."""
_BY_ID = Order("supplier_id", "whole", falling=False)
# Each is looked up by its id: the planner would rather read all of them, for a few thousand.
_PAGE = """
    select shown_id::text, supplier_id::text, buyer, passes, number = :most as last from (
        select listed.*, {passes} as passes, row_number() over (order by shown_id) as number
        from {listed} as listed left join lateral (
            select * from suppliers where suppliers.supplier_id = listed.supplier_id offset 0
        ) as supplier on true
    ) as looked_at
    where passes or number = :most order by looked_at.shown_id limit :limit
"""
# What may be a person is listed by buyer where it is no payee of the caller's own: its traits are
# the same for all that pay it, so none of them is told, nor sought by.
_TOLD = "listed.buyer is null"
_CLASS = class_shown(f"not ({_TOLD})")
_COUNTS = """
    exists (select from memberships as membership
    where membership.supplier_id = supplier.supplier_id and membership.definition = :definition)
"""
_OF_NAME = f"""
    {SEARCHED} @@ to_tsquery('simple', :words)
"""
# Of many only how many they are: thousands of ids are not sent to be thrown away.
_FEW_NAMED = f"""
    select coalesce(array_agg(supplier_id::text order by supplier_id), '{{}}')
    from (select supplier_id from suppliers where {NAMED} and {_OF_NAME} limit {_FEW + 1}) as named
    having count(*) <= {_FEW}
"""  # noqa: S608 - our own text
_OWN = "(cast(:own as text[]) is null or {buyer} = any(cast(:own as text[])))"
_SHOWN = f"""
    select listed.shown_id::text, listed.buyer as of_buyer, coalesce(supplier.payee, (
            select payee from payments where payments.supplier_id = listed.supplier_id
            and {_OWN.format(buyer="payments.buyer")} limit 1
        )) as payee,
        supplier.tier, supplier.score, supplier.charity_probability, supplier.rule,
        supplier.organisation, supplier.organisation_name, supplier.legal_form,
        coalesce(supplier.redacted, false) as redacted, supplier.flags, supplier.income,
        supplier.income_band, supplier.size, supplier.place, supplier.places, supplier.reach,
        supplier.locality_rule, supplier.revision, supplier.recorded_at,
        to_json(array(select distinct definition from memberships as membership
            where membership.supplier_id = supplier.supplier_id order by definition
        )) as definitions,
        to_json(coalesce(paid.buyers, '{{{{}}}}')) as buyers,
        coalesce(paid.lines, 0)::bigint as lines, coalesce(paid.pence, 0)::bigint as pence
    from {{listed}} as listed left join suppliers as supplier using (supplier_id) {{paid}}
    where {{passes}} order by {{order}}
"""  # noqa: S608 - our own text
_SUMS = """
    array_agg(distinct spend.buyer order by spend.buyer) as buyers,
    sum(lines) filter (where {counted}) as lines, sum(pence) filter (where {counted}) as pence
"""
_OF_A_PAGE = """
    (select * from unnest(
        cast(:shown as uuid[]), cast(:suppliers as uuid[]), cast(:by as text[])
    ) as page (shown_id, supplier_id, buyer))
"""
# What may be a person is added up of the caller's own buyers, else of the one buyer.
_SEEN = f"""
    case when {NAMED} then true
        when listed.buyer is not null then spend.buyer = listed.buyer
        else {_OWN.format(buyer="spend.buyer")} end
"""
_PAID_OF_A_PAGE = """
    left join lateral (
        select {sums} from spend where spend.supplier_id = listed.supplier_id and {seen}
    ) as paid on true
"""
# The roll-up is added up in one pass; of few suppliers by their index.
_ALL = f"""
    (select supplier_id as shown_id, supplier_id, null as buyer from suppliers
        where {NAMED} {{few}}
    union all
    select distinct supplier_id, supplier_id, null from payees
        left join suppliers using (supplier_id)
        where {MAY_BE_PERSON} and {_OWN.format(buyer="buyer")} {{few}}
    union all
    select withheld_id, supplier_id, buyer from payees left join suppliers using (supplier_id)
        where {MAY_BE_PERSON} and not {_OWN.format(buyer="buyer")} {{few}})
"""  # noqa: S608
_PAID_OF_ALL = f"""
    left join (
        select supplier_id, case when {MAY_BE_PERSON} and not {_OWN.format(buyer="buyer")}
            then buyer else '' end as of_buyer, {{sums}}
        from spend left join suppliers using (supplier_id) where true {{few}} group by 1, 2
    ) as paid on paid.supplier_id = listed.supplier_id
        and paid.of_buyer = coalesce(listed.buyer, '')
"""  # noqa: S608
_JSON = ("flags", "places", "definitions", "buyers")
_COUNTED = "cast(:buyers as text[]) = '{}' or spend.buyer = any(cast(:buyers as text[]))"
_OF_PAYING = "paid.buyers && cast(:buyers as text[])"


async def read_suppliers(
    connection: AsyncConnection, sought: Sought, after: Place, limit: int
) -> tuple[list[RowMapping], Place | None]:
    """A page of suppliers after a place, by the id that is shown, with what they were paid by the
    buyers; and the place after which the next page begins, None on the last.
    """
    conditions = _conditions(sought)
    values = sought.values() | {"after": after.row_id, "limit": limit + 1}
    listed: dict[str, tuple[str, str | None]] = {}
    seen = []
    kinds = list(kinds_of(sought))
    many = LOOKED_AT // len(kinds)
    for kind in kinds:
        every = [*conditions, *kind.passes]
        statement = _PAGE.format(
            passes=" and ".join(every) or "true", listed=kind.listed.format(few=sought.few)
        )
        asked = values | {
            "of": list(kind.of),
            "most": max(limit + 1, many) if every else limit + 1,
        }
        for row in await connection.execute(text(statement), asked):
            seen.append(Seen(Place(0, row.shown_id), row.passes, row.last))
            listed[row.shown_id] = row.supplier_id, row.buyer
    ids, last = page_of(seen, _BY_ID, limit)
    page = _SHOWN.format(
        listed=_OF_A_PAGE,
        paid=_PAID_OF_A_PAGE.format(sums=_SUMS.format(counted=_COUNTED), seen=_SEEN),
        passes="true",
        order="shown_id",
    )
    whose = {"shown": ids, "suppliers": [listed[each][0] for each in ids]}
    asked = sought.values() | whose | {"by": [listed[each][1] for each in ids]}
    return list((await connection.execute(text(page), asked)).mappings()), last


async def read_every_supplier(
    connection: AsyncConnection, sought: Sought, sort: str
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """All of the suppliers, by batches, in their order."""
    conditions = _conditions(sought) + ([_OF_PAYING] if sought.buyers else [])
    if sought.words is not None:
        conditions.append(NAMED)
    direction = "desc" if sort.startswith("-") else "asc"
    by_amount = f"coalesce(paid.pence, 0) {direction}, " if sort.endswith("amount") else ""
    whole = _SHOWN.format(
        listed=_ALL.format(few=sought.few),
        paid=_PAID_OF_ALL.format(sums=_SUMS.format(counted=_COUNTED), few=sought.few),
        passes=" and ".join(conditions) or "true",
        order=f"{by_amount}shown_id",
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
        f"{_CLASS} = any(cast(:coverage as text[]))": bool(sought.coverage),
        f"{_TOLD} and {_COUNTS}": sought.definition is not None,
        f"{_TOLD} and supplier.legal_form = :legal_form": sought.legal_form is not None,
        _OF_NAME: sought.words is not None,
    }
    return [condition for condition, asked in conditions.items() if asked]
