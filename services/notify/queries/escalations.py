"""Escalations in the database: opened by what is told, looked at when their time has come."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.escalation import Chain, Over, Party, Reachable, Target
from services.notify.escalation_fact import Unacknowledged
from services.notify.queries.agreements import lock_agreements
from shared.database import driver

PARTY = """coalesce((select c.party from contacts c where c.subscription_id = s.subscription_id),
    case when s.subscriber = n.buyer then 'buyer' else 'provider' end)"""
"""Of a notification `n` by a subscription `s`: for which side it is."""
_OPEN = f"""
    insert into escalations as e (event_id, party, obligation_id, agreement_id, state, steps, since,
        failed, next_step_at)
    select distinct n.event_id, {PARTY}, n.obligation_id, n.agreement_id, 'waiting', 0,
        $2::timestamptz, false, $2::timestamptz
    from notifications n join subscriptions s using (subscription_id)
    where n.event_id = any($1::uuid[]) and n.recalled_at is null
    order by 1, 2
    on conflict (event_id, party) do update set state = 'waiting', since = excluded.since,
        failed = false, next_step_at = excluded.next_step_at
    where e.state = 'recalled'
"""  # noqa: S608 - our own column names
_HURRY = f"""
    with mine as (
        select e.event_id, e.party from escalations e
        join notifications n on n.event_id = e.event_id and n.notification_id = any($1::uuid[])
        join subscriptions s on s.subscription_id = n.subscription_id
        left join escalation_steps t on t.event_id = e.event_id and t.party = e.party
             and t.number = e.steps
        where e.state = 'waiting' and e.party = {PARTY}
              and (e.steps = 0 or n.notification_id = any(t.notification_ids))
        order by e.event_id, e.party for update of e)
    update escalations e set failed = true, next_step_at = least(e.next_step_at, $2)
    from mine where e.event_id = mine.event_id and e.party = mine.party
"""  # noqa: S608
_DUE = """
    select e.event_id::text, e.party, e.agreement_id::text from escalations e
    join agreements a using (agreement_id)
    where e.state = 'waiting' and e.next_step_at <= $1
    order by e.agreement_id, e.event_id, e.party limit $2 for update of a, e skip locked
"""
_READ = f"""
    select e.event_id::text, e.party, e.obligation_id::text, e.steps, f.words, f.revision,
           f.sequence, o.kind, o.due_on, o."end", case when o.event_id = e.event_id then o.state end
           as obligation_state, e.since, e.failed,
           count(*) filter (where n.recalled_at is null) > 0 as still_told,
           coalesce(bool_or(n.acknowledged_at is not null), false) as acknowledged
    from unnest($1::uuid[], $2::text[]) as due(event_id, party)
    join escalations e using (event_id, party)
    join facts f using (event_id)
    left join obligations o on o.obligation_id = e.obligation_id
    left join (select n.*, {PARTY} as party from notifications n
               join subscriptions s using (subscription_id)
               where n.event_id = any($1::uuid[])) n
         on n.event_id = e.event_id and n.party = e.party
    group by e.event_id, e.party, f.event_id, o.obligation_id
    order by e.agreement_id, e.event_id, e.party
"""  # noqa: S608
_REACHABLE = """
    with due as (
        select e.event_id, e.party, e.agreement_id, a.buyer, a.supplier_id, p.organisation
        from unnest($1::uuid[], $2::text[]) as due(event_id, party)
        join escalations e using (event_id, party)
        join agreements a on a.agreement_id = e.agreement_id
        left join suppliers p on p.supplier_id = a.supplier_id
    ), reachable as (
        select d.event_id, d.party, 'contact' as target, c.position::bigint as place,
               s.subscription_id, s.channel, s.address
        from due d
        join contacts c on c.agreement_id = d.agreement_id and c.party = d.party
             and c.position is not null
        join subscriptions s on s.subscription_id = c.subscription_id and s.active
        union all
        select d.event_id, d.party, 'channel', s.seq, s.subscription_id, s.channel, s.address
        from due d
        join subscriptions s on s.active and case d.party when 'buyer' then s.subscriber = d.buyer
             else s.subscriber = d.organisation or s.supplier_id = d.supplier_id end
    )
    select event_id::text, party, target, place, subscription_id::text from reachable r
    where not exists (
        select from notifications n join subscriptions t using (subscription_id)
        where n.event_id = r.event_id
              and (t.subscription_id = r.subscription_id
                   or (t.channel <> 'webhook' and r.channel <> 'webhook'
                       and lower(t.address) = lower(r.address) and n.recalled_at is null)))
    union all
    select d.event_id::text, d.party, 'officers', s.seq, s.subscription_id::text
    from due d
    join subscriptions s on s.active and s.subscriber = d.buyer and $3 = any(s.event_types)
    order by 1, 2, 3, 4
"""


class Key(NamedTuple):
    """What was told, and to which side."""

    event_id: str
    party: Party


@dataclass(frozen=True, slots=True)
class Due:
    """An escalation that is locked with its agreement, and what there is to decide it by."""

    key: Key
    told: Unacknowledged
    chain: Chain
    steps: int
    reachable: Reachable


class Taken(NamedTuple):
    """A step that was taken."""

    key: Key
    number: int
    target: Target
    reason: str
    escalated_event_id: str
    notification_ids: list[str]


async def open_escalations(tx: AsyncConnection, events: Sequence[str], now: datetime) -> None:
    """Watch what was told of obligations, for each party; what is watched already stays as it is.

    How long it may wait is worked out when it is looked at first, which is at once.
    """
    if events:
        connection = await driver(tx)
        await connection.execute(_OPEN, sorted(set(events)), now)


async def hurry_escalations(
    tx: AsyncConnection, notifications: Sequence[str], now: datetime
) -> None:
    """Look now at those that wait for an answer to notifications that are given up."""
    if notifications:
        connection = await driver(tx)
        await connection.execute(_HURRY, list(notifications), now)


async def stop_escalations(tx: AsyncConnection, events: Sequence[str], over: Over) -> None:
    """Nothing more follows of what was told by these facts."""
    if events:
        connection = await driver(tx)
        await connection.execute(
            "update escalations set state = $2"
            " where event_id = any($1::uuid[]) and state = 'waiting'",
            list(events),
            over,
        )


async def stop_escalation(tx: AsyncConnection, key: Key, over: Over) -> None:
    """Nothing more follows for one party."""
    connection = await driver(tx)
    await connection.execute(
        "update escalations set state = $3"
        " where event_id = $1 and party = $2 and state = 'waiting'",
        *key,
        over,
    )


async def resume_escalations(tx: AsyncConnection, events: Sequence[str], now: datetime) -> None:
    """Watch again what was closed and is told to hold again."""
    if events:
        connection = await driver(tx)
        await connection.execute(
            "update escalations set state = 'waiting', since = $2, next_step_at = $2"
            " where event_id = any($1::uuid[]) and state = 'closed'",
            list(events),
            now,
        )


async def escalated_events(tx: AsyncConnection, events: Sequence[str]) -> dict[str, list[str]]:
    """The facts by which officers were told that nobody acknowledged these."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select event_id::text, escalated_event_id::text from escalation_steps"
        " where event_id = any($1::uuid[]) and target = 'officers'",
        list(events),
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row["event_id"]].append(row["escalated_event_id"])
    return found


async def lock_due(tx: AsyncConnection, now: datetime, at_once: int, officers: str) -> list[Due]:
    """Some escalations whose time has come, with their agreements; those locked elsewhere wait.

    `officers` is the type of the fact that the buyer's officers are told.
    """
    connection = await driver(tx)
    locked = await connection.fetch(_DUE, now, at_once)
    keys = [row["event_id"] for row in locked], [row["party"] for row in locked]
    agreement_of = {row["event_id"]: row["agreement_id"] for row in locked}
    histories = await lock_agreements(tx, agreement_of.values())
    reachable = _reachable(await connection.fetch(_REACHABLE, *keys, officers))
    found = []
    for row in await connection.fetch(_READ, *keys):
        key = Key(row["event_id"], row["party"])
        history = histories[agreement_of[key.event_id]].history
        notice = history.on(now.date()).notice
        chain = Chain(
            key.party,
            row["kind"],
            row["due_on"],
            row["end"],
            row["obligation_state"],
            row["still_told"],
            row["acknowledged"],
            row["since"],
            row["failed"],
            notice.division if notice else None,
        )
        told = Unacknowledged(
            key.event_id,
            row["obligation_id"],
            history.agreement_id,
            history.buyer,
            row["revision"],
            row["sequence"],
            orjson.loads(row["words"]),
        )
        found.append(Due(key, told, chain, row["steps"], reachable.get(key, Reachable())))
    return found


def _reachable(rows: Sequence[Any]) -> dict[Key, Reachable]:
    found: dict[Key, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[Key(row["event_id"], row["party"])][row["target"]].append(row["subscription_id"])
    return {
        key: Reachable(of["contact"], of["channel"], of["officers"]) for key, of in found.items()
    }


async def save_decisions(
    tx: AsyncConnection,
    over: Sequence[tuple[Key, Over]],
    later: Sequence[tuple[Key, datetime]],
    taken: Sequence[Taken],
    now: datetime,
) -> None:
    """Write which escalations are over, which wait until when, and which steps were taken.

    What is information is watched no more, and kept nowhere.
    """
    connection = await driver(tx)
    await connection.executemany(
        "delete from escalations where event_id = $1 and party = $2",
        [key for key, why in over if why == "informational"],
    )
    await connection.executemany(
        "update escalations set state = $3 where event_id = $1 and party = $2",
        [(*key, why) for key, why in over if why != "informational"],
    )
    await connection.executemany(
        "update escalations set next_step_at = $3 where event_id = $1 and party = $2",
        [(*key, at) for key, at in later],
    )
    await connection.executemany(
        "insert into escalation_steps (event_id, party, number, target, reason, taken_at,"
        " escalated_event_id, notification_ids) values ($1, $2, $3, $4, $5, $8, $6, $7::uuid[])",
        [(*one.key, one.number, one.target, one.reason, *one[4:], now) for one in taken],
    )
    await connection.executemany(
        "update escalations set steps = $3, since = $5, next_step_at = $5, failed = false,"
        " state = case when $4 then 'exhausted' else state end"
        " where event_id = $1 and party = $2",
        [(*one.key, one.number, one.target == "officers", now) for one in taken],
    )
