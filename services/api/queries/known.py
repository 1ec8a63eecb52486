"""What is known: the read model as it stands, or as it was known at a moment.

Suppliers count by the highest revision recorded by then, codes by the maps of then. The payments of
then are told by counted.py.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    Date,
    FromClause,
    Text,
    Uuid,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api import tables
from services.api.queries.code_maps import read_maps
from services.api.spend.programme import Codes, programme_spans
from services.api.tables import codings, membership_versions, supplier_versions


@dataclass(frozen=True)
class Known:
    """What suppliers and codes are read from, and the moment before which payments were recorded.

    Each is a table, or what it would have held, with the columns by which spend is counted.
    `before` is None where everything counts that arrived.
    """

    before: datetime | None = None
    suppliers: FromClause = tables.suppliers
    memberships: FromClause = tables.memberships
    boundary_months: FromClause = tables.boundary_months
    programmes: FromClause = tables.programmes

    def with_payments_of(self, other: "Known") -> "Known":
        """The payments that the other knows, judged by what this one knows of them."""
        return replace(self, before=other.before)


NOW = Known()
"""The read model as it stands."""


async def known_before(
    connection: AsyncConnection, before: datetime | None, buyers: Collection[str] = ()
) -> Known:
    """What was recorded before a moment, as far as these buyers' payments need it; all for none."""
    if before is None:
        return NOW
    suppliers = _suppliers_before(before)
    memberships = _memberships_of(suppliers)
    programmes: FromClause = tables.programmes
    if await _maps_changed_since(connection, before):
        programmes = await _programmes_before(connection, before, buyers)
    return Known(before, suppliers, memberships, _boundary_months(memberships), programmes)


def _name(what: str, before: datetime) -> str:
    """One name for one moment: a statement that knows of two has each of them once."""
    return f"{what}_before_{before:%Y%m%d%H%M}"


def _suppliers_before(before: datetime) -> CTE:
    return (
        select(supplier_versions)
        .ext(distinct_on(supplier_versions.c.supplier_id))
        .where(supplier_versions.c.recorded_at < before)
        .order_by(supplier_versions.c.supplier_id, supplier_versions.c.revision.desc())
        .cte(_name("suppliers", before))
    )


def _memberships_of(suppliers: CTE) -> CTE:
    of_it = membership_versions.c.supplier_id == suppliers.c.supplier_id
    return (
        select(membership_versions)
        .join(suppliers, of_it & (membership_versions.c.revision == suppliers.c.revision))
        .cte(suppliers.name.replace("suppliers", "memberships"))
    )


def _boundary_months(memberships: CTE) -> CTE:
    """What `months_in_part` (periods.py) says, of all of them: a day within opens or ends each."""
    since, after = memberships.c.since, memberships.c.until + 1
    of_month = [cast(func.date_trunc("month", day), Date) for day in (since, memberships.c.until)]
    begun = cast(func.date_trunc("month", after), Date)
    of = memberships.c.supplier_id, memberships.c.definition
    return union(
        select(*of, of_month[0].label("month")).where(since != of_month[0]),
        select(*of, of_month[1].label("month")).where(after != begun),
    ).cte(memberships.name.replace("memberships", "boundary_months"))


async def _maps_changed_since(connection: AsyncConnection, before: datetime) -> bool:
    versions = tables.programme_line_versions.c
    return bool(await connection.scalar(select(exists().where(versions.recorded_at >= before))))


async def _programmes_before(
    connection: AsyncConnection, before: datetime, buyers: Collection[str]
) -> FromClause:
    """Which programmes the codes were, worked out anew by the maps of then."""
    asked = select(
        codings.c.coding_id, codings.c.buyer, *(codings.c[code] for code in Codes._fields)
    )
    if buyers:
        asked = asked.where(codings.c.buyer.in_(buyers))
    found = [(row[0], (row[1], row[2], row[3], row[4])) for row in await connection.execute(asked)]
    maps = await read_maps(connection, [coding for _, coding in found], before) if found else {}
    rows = [
        (coding_id, *span.keyed())
        for coding_id, (buyer, *codes) in found
        for span in programme_spans(Codes(*codes), maps[buyer])
    ]
    return _as_rows(_PROGRAMME_COLUMNS, rows, _name("programmes", before))


_PROGRAMME_COLUMNS: dict[str, Any] = {
    "coding_id": Uuid(as_uuid=False),
    "since": Date(),
    "until": Date(),
    "state": Text(),
    "programme": Text(),
    "rule": Text(),
    "budget_head": Text(),
    "programme_key": Text(),
    "budget_head_key": Text(),
}


def _as_rows(columns: dict[str, Any], rows: list[tuple[Any, ...]], name: str) -> FromClause:
    """Rows as a table of a statement: one array for each column, however many rows there are."""
    given = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [
        literal(list(values), ARRAY(kind))
        for values, kind in zip(given, columns.values(), strict=True)
    ]
    named = [column(each, kind) for each, kind in columns.items()]
    return func.unnest(*arrays).table_valued(*named, name=name).render_derived()
