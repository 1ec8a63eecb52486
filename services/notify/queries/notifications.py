"""Facts that people are told of, and whom each one is for."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.planning.obligation import BUYERS_OWN
from services.notify.queries.escalations import open_escalations
from services.notify.queries.sendings import gathered, send_now, sendings_of, waiting_before
from services.notify.telling.fact import NoticeFact
from shared.database import driver
from shared.identity import identify
from shared.locks import Lock


async def hold_matching(tx: AsyncConnection, *, exclusive: bool = False) -> None:
    """Keep what is raised and who is subscribed from changing past each other, until commit.

    Who raises or withdraws shares the hold; who adds a subscription, or learns the organisation of
    a supplier, takes it alone. So neither misses what the other has not committed yet.
    """
    lock = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    connection = await driver(tx)
    await connection.execute(
        f"select {lock}($1::int, hashtext(current_schema()))",
        Lock.MATCHING,
    )


async def lock_notifications(tx: AsyncConnection, agreements: Sequence[str]) -> None:
    """Lock every notification of agreements, before any of them is written.

    Whoever locks several does so in the order of `seq` and in one go, or it could wait in a ring
    with another that holds what it needs and needs what it holds.
    """
    connection = await driver(tx)
    await connection.execute(
        "select from notifications where agreement_id = any($1::uuid[]) order by seq for update",
        list(agreements),
    )


async def insert_facts(tx: AsyncConnection, facts: Sequence[NoticeFact], now: datetime) -> None:
    """Keep facts for as long as messages speak of them."""
    connection = await driver(tx)
    await connection.executemany(
        "insert into facts (event_id, event_type, obligation_id, agreement_id, buyer, data,"
        " wording, words, revision, sequence, recorded_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        " on conflict do nothing",
        [
            (
                one.event_id,
                one.fact.TYPE,
                one.obligation_id,
                one.agreement_id,
                one.fact.buyer,
                one.fact.model_dump_json().encode(),
                one.wording,
                orjson.dumps(one.words),
                one.fact.revision,
                one.fact.sequence,
                now,
            )
            for one in facts
        ],
    )


class Addressed(NamedTuple):
    """A fact and a subscription that is to be told of it."""

    event_id: str
    subscription_id: str
    obligation_id: str | None
    agreement_id: str | None
    buyer: str
    times_recalled: int = 0


_MATCHES = """
    select distinct on (s.subscription_id, o.agreement_id, o.kind)
           f.event_id::text, s.subscription_id::text, f.obligation_id::text,
           f.agreement_id::text, f.buyer,
           (select count(*) from notifications n where n.event_id = f.event_id
            and n.subscription_id = s.subscription_id and n.recalled_at is not null)
    from obligations o
    join facts f on f.event_id = o.event_id
    join agreements a on a.agreement_id = o.agreement_id
    left join suppliers p on p.supplier_id = a.supplier_id
    join subscriptions s on s.active and f.event_type = any(s.event_types)
         and (s.subscriber = a.buyer or (o.kind <> all($3::text[])
              and (s.subscriber = p.organisation or s.supplier_id = a.supplier_id)))
    where o.state = 'raised' and o."end" >= $2 and {scope} = any($1::uuid[])
    and (s.channel = 'webhook' or not exists (
        select from notifications n join contacts c using (subscription_id)
        join subscriptions t using (subscription_id)
        where n.event_id = o.event_id and n.recalled_at is null
              and lower(t.address) = lower(s.address)))
    order by s.subscription_id, o.agreement_id, o.kind, o.due_on desc
"""
_BY_OBLIGATION = _MATCHES.format(scope="o.obligation_id")
_BY_SUBSCRIPTION = _MATCHES.format(scope="s.subscription_id")
_BY_SUPPLIER = _MATCHES.format(scope="a.supplier_id")


async def address_raised(
    tx: AsyncConnection, obligations: Sequence[str], today: date, now: datetime
) -> int:
    """Leave a notification for every subscription that obligations just raised are for."""
    return await _address(tx, _BY_OBLIGATION, obligations, today, now)


async def address_subscription(
    tx: AsyncConnection, subscription_id: str, today: date, now: datetime
) -> int:
    """Tell a new subscription what was raised before and still holds: of each kind the latest."""
    return await _address(tx, _BY_SUBSCRIPTION, [subscription_id], today, now)


async def address_suppliers(
    tx: AsyncConnection, suppliers: Sequence[str], today: date, now: datetime
) -> int:
    """Tell the organisations that suppliers turned out to be what was raised and still holds."""
    return await _address(tx, _BY_SUPPLIER, suppliers, today, now)


async def _address(
    tx: AsyncConnection, matches: str, ids: Sequence[str], today: date, now: datetime
) -> int:
    if not ids:
        return 0
    connection = await driver(tx)
    rows = await connection.fetch(matches, list(ids), today, list(BUYERS_OWN))
    told = await insert_notifications(tx, [Addressed(*row.values()) for row in rows], now)
    await open_escalations(tx, [row["event_id"] for row in rows], now)
    return told


async def insert_notifications(
    tx: AsyncConnection, addressed: Sequence[Addressed], now: datetime
) -> int:
    """Leave notifications to be delivered at once; one that is there already stays as it is.

    But one that was given up or cancelled is tried again: its subscription was taken up anew. One
    that was recalled is told under a new id, since its receiver was asked to disregard the old one.
    What is for a subscription that is switched off is held until it is resumed, and what a
    subscriber prefers to get later waits until then.
    """
    if not addressed:
        return 0
    connection = await driver(tx)
    by_id = {notification_id(one): one for one in addressed}
    told = [(one.event_id, one.subscription_id) for one in by_id.values()]
    in_order = await gathered(tx, told, await sendings_of(tx, told, now))
    sendings = dict(zip(by_id, in_order, strict=True))
    in_a_hurry = [by_id[key] for key, one in sendings.items() if one.rule is not None]
    before = await waiting_before(
        tx, [(one.subscription_id, one.agreement_id) for one in in_a_hurry]
    )
    await connection.execute(
        "select from notifications where notification_id = any($1::uuid[]) order by seq for update",
        [*by_id, *before],
    )
    await send_now(tx, before, now)
    ids = sorted(by_id)
    *columns, _ = zip(*(by_id[each] for each in ids), strict=True)
    in_order = [sendings[each] for each in ids]
    done = await connection.execute(
        "insert into notifications (notification_id, event_id, subscription_id, obligation_id,"
        " agreement_id, buyer, state, attempts, tries, next_attempt_at, sending_rule, created_at)"
        " select g.notification_id, g.event_id, g.subscription_id, g.obligation_id,"
        " g.agreement_id, g.buyer, case when not s.active then 'held' when g.together"
        " then 'gathered' else 'pending' end, 0, 0, g.at, g.rule, $7::timestamptz"
        " from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[],"
        " $8::timestamptz[], $9::bool[], $10::text[]) as g(notification_id, event_id,"
        " subscription_id, obligation_id, agreement_id, buyer, at, together, rule)"
        " join subscriptions s using (subscription_id) order by g.notification_id"
        " on conflict (notification_id) do update set state = excluded.state, tries = 0,"
        " next_attempt_at = excluded.next_attempt_at, sending_rule = excluded.sending_rule,"
        " digest_id = null"
        " where notifications.state in ('failed', 'cancelled')"
        " and notifications.acknowledged_at is null",
        ids,
        *(list(column) for column in columns),
        now,
        [one.at for one in in_order],
        [one.together for one in in_order],
        [one.rule for one in in_order],
    )
    return int(done.rsplit(" ", 1)[1])


def notification_id(one: Addressed) -> str:
    """One fact has one notification for one subscription."""
    again = [str(one.times_recalled)] if one.times_recalled else []
    return identify("notification", one.event_id, one.subscription_id, *again)


async def take_back(
    tx: AsyncConnection, withdrawals: Sequence[tuple[str, NoticeFact]], now: datetime
) -> int:
    """Cancel what waits of each (event told, fact that withdraws it) and tell who may have got it.

    Whoever an attempt was made to reach may have got it, whatever was heard of it; but those from
    whom it was recalled hear no more of it. One that is switched off hears it when it comes back.
    """
    by_event = dict(withdrawals)
    connection = await driver(tx)
    rows = await connection.fetch(
        "with told as (select notification_id from notifications"
        " where event_id = any($1::uuid[]) order by seq for update)"
        " update notifications n set state = case"
        " when n.state in ('pending', 'held', 'gathered', 'bundled') then 'cancelled'"
        " else n.state end from told"
        " where n.notification_id = told.notification_id"
        " returning n.event_id::text, n.subscription_id::text,"
        " n.attempts > 0 and n.recalled_at is null as told",
        list(by_event),
    )
    tell = [
        Addressed(
            withdrawal.event_id,
            row["subscription_id"],
            withdrawal.obligation_id,
            withdrawal.agreement_id,
            withdrawal.fact.buyer,
        )
        for row in rows
        if row["told"]
        for withdrawal in [by_event[row["event_id"]]]
    ]
    return await insert_notifications(tx, tell, now)


async def cancel_waiting(tx: AsyncConnection, events: Sequence[str]) -> None:
    """Cancel what waits of facts that no longer need telling; their agreements' are locked."""
    if events:
        connection = await driver(tx)
        await connection.execute(
            "update notifications set state = 'cancelled'"
            " where event_id = any($1::uuid[])"
            " and state in ('pending', 'held', 'gathered', 'bundled')",
            list(events),
        )
