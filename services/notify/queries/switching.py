"""Subscriptions switched off and on, with what waits for them."""

from datetime import datetime

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.queries.deliveries import LOST, Lost
from services.notify.queries.notifications import Addressed
from services.notify.subscriptions.subscription_off import Off
from services.notify.telling.fact import DIGEST
from shared.database import driver
from shared.events import SubscriptionSwitchedOff

_END = """
    update subscriptions set active = false, inactive_by = $2, inactive_reason = $3,
        inactive_since = $4
    where subscription_id = $1 and active
    returning subscription_id::text, subscriber, supplier_id::text, channel, address, failing_since,
        (select c.party from contacts c where c.subscription_id = subscriptions.subscription_id),
        (select a.reference from contacts c join agreements a using (agreement_id)
         where c.subscription_id = subscriptions.subscription_id)
"""
_STOP = f"""
    with waiting as (
        select notification_id from notifications
        where subscription_id = $1 and state = any($3::text[]) order by seq for update)
    update notifications n set state = $2
    from waiting where n.notification_id = waiting.notification_id
    returning {LOST}
"""  # noqa: S608 - our own column names
# What a digest was to tell is told one by one once the subscription is resumed.
_UNBUNDLE = """
    with waiting as (
        select n.notification_id from notifications n join facts f using (event_id)
        where n.subscription_id = $1 and n.state = 'pending' and f.event_type = $2
        order by n.seq for update of n)
    update notifications n set state = 'cancelled' from waiting
    where n.notification_id = waiting.notification_id
"""
_RESUME = """
    update subscriptions set active = true, inactive_by = null, inactive_reason = null,
        inactive_since = null, failures = 0, failing_since = null, last_failed_at = null,
        version = version + 1
    where subscription_id = $1 and not active
    returning subscription_id
"""
_RELEASE = """
    with waiting as (
        select notification_id from notifications
        where subscription_id = $1 and state = 'held' order by seq for update)
    update notifications n set state = 'pending', tries = 0, next_attempt_at = $2
    from waiting where n.notification_id = waiting.notification_id
"""
# The subscriber's other subscriptions, and those of the buyers of its agreements; where it is a
# contact's, those of its agreement's buyer.
_CONCERNED = """
    with off as (select * from subscriptions where subscription_id = $1),
    buyers as (
        select a.buyer from off join agreements a on a.buyer = off.subscriber
        where a.standing <> 'ended'
        union
        select a.buyer from off join suppliers p on p.organisation = off.subscriber
        join agreements a on a.supplier_id = p.supplier_id where a.standing <> 'ended'
        union
        select a.buyer from off join agreements a on a.supplier_id = off.supplier_id
        where a.standing <> 'ended'
        union
        select a.buyer from off join contacts c using (subscription_id)
        join agreements a using (agreement_id) where a.standing <> 'ended')
    select s.subscription_id::text, coalesce(
               (select b.buyer from buyers b where b.buyer = s.subscriber),
               (select min(b.buyer) from buyers b), s.subscriber) as buyer
    from subscriptions s, off
    where s.active and s.subscription_id <> off.subscription_id
          and (s.subscriber = off.subscriber or s.supplier_id = off.supplier_id
               or s.subscriber in (select b.buyer from buyers b))
    order by s.seq
"""


async def end(
    tx: AsyncConnection, subscription_id: str, by: str, reason: str, now: datetime
) -> Off | None:
    """Switch a subscription off; None where it is off already."""
    connection = await driver(tx)
    row = await connection.fetchrow(_END, subscription_id, by, reason, now)
    return Off(*row.values()) if row else None


async def stop_waiting(tx: AsyncConnection, subscription_id: str, state: str) -> list[Lost]:
    """What waits for a subscription becomes `state`; returns what that befell."""
    # What was held when it failed is given up with the rest where its owner ends it.
    waiting = ["pending", "gathered", "bundled"]
    if state != "held":
        waiting.append("held")
    connection = await driver(tx)
    # What a digest carries was written before it, and is locked before it.
    await connection.execute(
        "select from notifications where subscription_id = $1 and state = any($2::text[])"
        " order by seq for update",
        subscription_id,
        waiting,
    )
    await connection.execute(_UNBUNDLE, subscription_id, DIGEST)
    rows = await connection.fetch(_STOP, subscription_id, state, waiting)
    return [Lost(*row.values()) for row in rows]


async def resume(tx: AsyncConnection, subscription_id: str) -> bool:
    """Switch a subscription on, its failures forgotten; False where it is on already."""
    connection = await driver(tx)
    return await connection.fetchval(_RESUME, subscription_id) is not None


async def release_held(tx: AsyncConnection, subscription_id: str, now: datetime) -> int:
    """Let what was held for a subscription be sent; returns how many."""
    connection = await driver(tx)
    done = await connection.execute(_RELEASE, subscription_id, now)
    return int(done.rsplit(" ", 1)[1])


async def concerned(tx: AsyncConnection, off: Off, event_id: str) -> list[Addressed]:
    """Who is told that a subscription fails: its owner elsewhere, and the buyers' officers."""
    connection = await driver(tx)
    rows = await connection.fetch(_CONCERNED, off.subscription_id)
    return [Addressed(event_id, row[0], None, None, row["buyer"]) for row in rows]


async def keep_fact(
    tx: AsyncConnection,
    event_id: str,
    fact: SubscriptionSwitchedOff,
    buyer: str,
    wording: str,
    words: dict[str, str],
) -> None:
    """Keep what is told of a subscription for as long as messages speak of it."""
    connection = await driver(tx)
    await connection.execute(
        "insert into facts (event_id, event_type, buyer, data, wording, words, revision, sequence,"
        " recorded_at) values ($1, $2, $3, $4, $5, $6, 1, 1, $7) on conflict do nothing",
        event_id,
        fact.TYPE,
        buyer,
        fact.model_dump_json().encode(),
        wording,
        orjson.dumps(words),
        fact.recorded_at,
    )
