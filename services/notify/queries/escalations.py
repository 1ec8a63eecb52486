"""Escalations in the database: opened by what is told, hurried by what fails, ended by answers.

Their locks come last: after those of subscriptions, agreements and notifications. Who plans or
takes a step holds all notifications of the agreement, so that nobody else has its escalations.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.escalation.escalation import Over, Party
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


class Key(NamedTuple):
    """What was told, and to which side."""

    event_id: str
    party: Party


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


async def lock_escalations(tx: AsyncConnection, notifications: Sequence[str]) -> None:
    """Lock what watches the answers to notifications, and to what they carry, before any is ended.

    Whoever ends several does so, in one order: each may be of other notifications that others hold.
    """
    if not notifications:
        return
    connection = await driver(tx)
    await connection.execute(
        "select from escalations where event_id in (select event_id from notifications"
        " where notification_id = any($1::uuid[]) or digest_id = any($1::uuid[]))"
        " order by event_id, party for update",
        list(notifications),
    )


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
