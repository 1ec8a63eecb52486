"""Whose payments are looked at in the database, how far, and what was found."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.after_end.payments import Payment
from services.notify.after_end.seen import PaymentSeen
from shared.database import driver


class Watch(NamedTuple):
    """Payments of a buyer to a supplier, since its agreement ended; not placed while it is new."""

    agreement_id: str
    supplier_id: str
    buyer: str
    ended_on: date
    partition: int | None
    next_offset: int | None
    is_due: bool


class Passed(NamedTuple):
    """How far a partition was read, and whether that is its end."""

    partition: int
    next_offset: int
    ended: bool


@dataclass(slots=True)
class Late:
    """What was found for an agreement, and the suppliers whose payments were looked at.

    Where it is not `whole`, payments to one of them were not all read yet.
    """

    suppliers: set[str] = field(default_factory=set)
    payments: list[Payment] = field(default_factory=list)
    whole: bool = True


_WANTED = """
    select a.agreement_id, p.supplier_id, a.buyer, a.last_day from agreements a
    cross join lateral (
        select a.supplier_id union
        select same.supplier_id from suppliers own join suppliers same using (organisation)
        where own.supplier_id = a.supplier_id) p
    where a.last_day >= $1 and a.last_day < $2 and a.supplier_id is not null
"""
_END = f"""
    with wanted as ({_WANTED}), gone as (
        delete from watches w where not exists (select from wanted where
            wanted.agreement_id = w.agreement_id and wanted.supplier_id = w.supplier_id)
        returning w.agreement_id)
    update alarms set others = null from gone where alarms.agreement_id = gone.agreement_id
"""  # noqa: S608 - our own text
# An end that moved back uncovers days that were not looked at.
_BEGIN = f"""
    insert into watches as w (agreement_id, supplier_id, buyer, ended_on, examine)
    select agreement_id, supplier_id, buyer, last_day, false from ({_WANTED}) wanted
    where not exists (select from watches known where known.agreement_id = wanted.agreement_id
        and known.supplier_id = wanted.supplier_id and known.ended_on = wanted.last_day)
    on conflict (agreement_id, supplier_id) do update set ended_on = excluded.ended_on,
        read_at = null,
        next_offset = case when excluded.ended_on >= w.ended_on then w.next_offset end
"""  # noqa: S608 - our own text


async def renew_watches(tx: AsyncConnection, since: date, today: date) -> None:
    """Watch every agreement that ended from `since` on and before today, and no other.

    What was found for one that is not watched any more is forgotten, and an alarm about it is
    decided anew.
    """
    connection = await driver(tx)
    await connection.execute(_END, since, today)
    await connection.execute(_BEGIN, since, today)


async def any_due(tx: AsyncConnection, before: datetime) -> bool:
    """Whether a watch is new, or was last read before an instant."""
    connection = await driver(tx)
    found: bool = await connection.fetchval(
        "select exists (select from watches where read_at is null)"
        " or exists (select from watches where read_at < $1)",
        before,
    )
    return found


async def read_watches(tx: AsyncConnection, before: datetime) -> list[Watch]:
    """Every watch; due are those that are new or were last read before an instant."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select agreement_id::text, supplier_id::text, buyer, ended_on, partition, next_offset,"
        " read_at is null or read_at < $1 from watches",
        before,
    )
    return [Watch(*row.values()) for row in rows]


async def place_watches(tx: AsyncConnection, placed: Sequence[Watch]) -> None:
    """Write where the payments of each supplier are and from which offset they are read."""
    connection = await driver(tx)
    await connection.executemany(
        "update watches set partition = $3, next_offset = $4"
        " where agreement_id = $1 and supplier_id = $2",
        [(w.agreement_id, w.supplier_id, w.partition, w.next_offset) for w in placed],
    )


async def keep_found(tx: AsyncConnection, found: Iterable[tuple[Watch, PaymentSeen]]) -> None:
    """Keep payments that watches found, each as its highest revision says it."""
    newest: dict[tuple[str, str, str], tuple[Watch, PaymentSeen]] = {}
    for watch, seen in found:
        key = (watch.agreement_id, watch.supplier_id, str(seen.payment_id))
        if key not in newest or newest[key][1].revision < seen.revision:
            newest[key] = watch, seen
    if not newest:
        return
    connection = await driver(tx)
    rows = [
        (*key, seen.revision, seen.payment_date, seen.amount_pence, _stands(watch, seen))
        for key, (watch, seen) in newest.items()
    ]
    await connection.execute(
        "insert into late_payments as p (agreement_id, supplier_id, payment_id, revision, paid_on,"
        " pence, stands) select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[],"
        " $5::date[], $6::bigint[], $7::bool[])"
        " on conflict (agreement_id, supplier_id, payment_id) do update set"
        " revision = excluded.revision, paid_on = excluded.paid_on, pence = excluded.pence,"
        " stands = excluded.stands where p.revision < excluded.revision",
        *(list(column) for column in zip(*rows, strict=True)),
    )
    await connection.execute(
        "update watches set examine = true where agreement_id = any($1::uuid[]) and not examine",
        list({agreement_id for agreement_id, _, _ in newest}),
    )


def _stands(watch: Watch, seen: PaymentSeen) -> bool:
    return str(seen.supplier_id) == watch.supplier_id and not seen.withdrawn


async def pass_on(tx: AsyncConnection, passed: Sequence[Passed], now: datetime) -> None:
    """Write how far partitions were read.

    Where one was read to its end, what was found is examined again: what else is known of the
    buyer's agreements may have changed, and so may the day.
    """
    connection = await driver(tx)
    await connection.execute(
        "update watches w set next_offset = greatest(w.next_offset, g.next_offset),"
        " read_at = case when g.ended then $4 else w.read_at end,"
        " examine = w.examine or (g.ended and ("
        " exists (select from late_payments p where p.agreement_id = w.agreement_id"
        " and p.supplier_id = w.supplier_id)"
        " or exists (select from alarms a where a.agreement_id = w.agreement_id)))"
        " from unnest($1::int[], $2::bigint[], $3::bool[]) as g(partition, next_offset, ended)"
        " where w.partition = g.partition",
        *(list(column) for column in zip(*passed, strict=True)),
        now,
    )


async def late_payments(tx: AsyncConnection, agreements: Collection[str]) -> Mapping[str, Late]:
    """What was found for each of these agreements; those with nothing are left out."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select agreement_id::text, paid_on, pence from late_payments"
        " where agreement_id = any($1::uuid[]) and stands",
        list(agreements),
    )
    found: dict[str, Late] = defaultdict(Late)
    for agreement_id, paid_on, pence in rows:
        found[agreement_id].payments.append(Payment(paid_on, pence))
    watched = await connection.fetch(
        "select agreement_id::text, supplier_id::text, read_at is not null from watches"
        " where agreement_id = any($1::uuid[])",
        list(found),
    )
    for agreement_id, supplier_id, is_read in watched:
        found[agreement_id].suppliers.add(supplier_id)
        found[agreement_id].whole &= is_read
    return found
