"""Suppliers in the database: the organisation that each one is."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import driver
from shared.events import SupplierClassified


async def upsert_suppliers(
    tx: AsyncConnection, suppliers: Sequence[SupplierClassified]
) -> list[str]:
    """Write newer revisions; return the suppliers that are another organisation now, or none."""
    if not suppliers:
        return []
    connection = await driver(tx)
    rows = await connection.fetch(
        "with given as (select * from unnest($1::uuid[], $2::bigint[], $3::text[])"
        " as given(supplier_id, revision, organisation)),"
        " before as (select s.supplier_id, s.organisation from suppliers s"
        " join given using (supplier_id)),"
        " written as (insert into suppliers as s (supplier_id, revision, organisation)"
        " select * from given order by supplier_id on conflict (supplier_id) do update"
        " set revision = excluded.revision, organisation = excluded.organisation"
        " where s.revision < excluded.revision returning supplier_id, organisation)"
        " select supplier_id::text from written left join before using (supplier_id)"
        " where written.organisation is distinct from before.organisation",
        [str(one.supplier_id) for one in suppliers],
        [one.revision for one in suppliers],
        [one.organisation for one in suppliers],
    )
    return [row["supplier_id"] for row in rows]


async def organisations(tx: AsyncConnection, suppliers: Sequence[str]) -> dict[str, str]:
    """The organisation of each supplier that matched one."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select supplier_id::text, organisation from suppliers"
        " where supplier_id = any($1::uuid[]) and organisation is not null",
        list(suppliers),
    )
    return {row["supplier_id"]: row["organisation"] for row in rows}
