"""Agreements in the database: locked, read, written, many at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.agreement import Agreement
from services.notify.plan import Plans
from shared.database import driver

_UUIDS = {"agreement_id", "supplier_id"}
_COLUMNS = [
    f'a."{field.name}"' + ("::text" if field.name in _UUIDS else "") for field in fields(Agreement)
]
_SELECT = f"select {', '.join(_COLUMNS)} from agreements a"  # noqa: S608 - our own column names
_WITH_DUE = f"""{_SELECT} where a.agreement_id in (
        select o.agreement_id from obligations o where o.state = 'planned' and o.raise_on <= $1)
    order by a.agreement_id limit $2 for update of a skip locked
"""  # noqa: S608 - our own column names


async def lock_agreements(tx: AsyncConnection, ids: Iterable[str]) -> dict[str, Agreement]:
    """The agreements, each locked for this transaction; those not known yet are left out.

    One that is not known is given an empty row first, so that two writers meet at its lock.
    """
    connection = await driver(tx)
    wanted = sorted(set(ids))
    await connection.execute(
        "insert into agreements (agreement_id, buyer, reference, terms_version, title, provider,"
        " ended_version, standing, plan_digest, revision)"
        " select id, '', '', 0, '', '', 0, 'unknown', '', 0 from unnest($1::uuid[]) as id"
        " on conflict do nothing",
        wanted,
    )
    rows = await connection.fetch(
        f"{_SELECT} where a.agreement_id = any($1::uuid[]) order by a.agreement_id for update",
        wanted,
    )
    known = (Agreement(*row.values()) for row in rows)
    return {agreement.agreement_id: agreement for agreement in known if agreement.version}


async def lock_outdated(tx: AsyncConnection, plans: Plans, at_once: int) -> list[Agreement]:
    """Some agreements whose plan changed since they were planned, locked; others hold theirs."""
    connection = await driver(tx)
    rows = await connection.fetch(
        f"{_SELECT} left join unnest($1::text[], $2::text[]) as own(buyer, digest)"
        " on own.buyer = a.buyer"
        " where a.plan_digest not in ('', coalesce(own.digest, $3))"
        " order by a.agreement_id limit $4 for update of a skip locked",
        list(plans.own),
        [plan.digest for plan in plans.own.values()],
        plans.default.digest,
        at_once,
    )
    return [Agreement(*row.values()) for row in rows]


async def lock_with_due(tx: AsyncConnection, today: date, at_once: int) -> dict[str, Agreement]:
    """Some agreements with something to raise by `today`, locked; those locked elsewhere wait."""
    connection = await driver(tx)
    rows = await connection.fetch(_WITH_DUE, today, at_once)
    found = (Agreement(*row.values()) for row in rows)
    return {agreement.agreement_id: agreement for agreement in found}


async def save_agreements(
    tx: AsyncConnection, agreements: Sequence[Agreement], plans: Plans
) -> dict[str, int]:
    """Write agreements that are locked and about to be planned; return each one's next revision.

    The revision is counted in the row, so that it only goes up, whichever of agreement and plan
    changed and however the buyer numbers its editions.
    """
    connection = await driver(tx)
    rows = [(*astuple(one), one.standing, plans.of(one.buyer).digest) for one in agreements]
    await connection.executemany(
        "update agreements set buyer = $2, reference = $3, terms_version = $4, title = $5,"
        ' provider = $6, supplier_id = $7, start = $8, "end" = $9, notice_period = $10,'
        " ended_version = $11, ended_on = $12, standing = $13, plan_digest = $14,"
        " revision = revision + 1 where agreement_id = $1",
        rows,
    )
    counted = await connection.fetch(
        "select agreement_id::text, revision from agreements where agreement_id = any($1::uuid[])",
        [one.agreement_id for one in agreements],
    )
    return {row["agreement_id"]: row["revision"] for row in counted}


async def count_undated(tx: AsyncConnection) -> int:
    """How many agreements record no end."""
    connection = await driver(tx)
    found: int = await connection.fetchval(
        "select count(*) from agreements where standing = 'undated'"
    )
    return found
