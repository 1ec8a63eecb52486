"""Digests: many messages in one, put together when their time comes.

A digest is a notification of its own, with its own id; what it carries stays a notification each,
`gathered` until then and `bundled` after. What is withdrawn meanwhile falls out of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.queries.claims import Claim
from services.notify.queries.deliveries import LOST, Finished, Lost
from services.notify.queries.standing import HOLDS
from services.notify.telling.fact import DIGEST, FactToTell
from shared.database import driver
from shared.identity import identify

MOST_IN_ONE = 100
_DUE = """
    select distinct subscription_id::text from notifications
    where state = 'gathered' and next_attempt_at <= $1
"""
_LOCK_DUE = """
    select n.notification_id::text, n.buyer from notifications n
    where n.subscription_id = $1 and n.state = 'gathered' and n.next_attempt_at <= $2
    order by n.seq for update
"""
_TAKE = """
    with mine as (
        select notification_id from notifications
        where digest_id = $1 and state = 'bundled' order by seq for update
    ), taken as (
        update notifications n
        set claimed_by = $2, next_attempt_at = $3, attempts = n.attempts + 1
        from mine where n.notification_id = mine.notification_id
        returning n.notification_id, n.seq, n.created_at, n.event_id
    )
    select t.notification_id::text, t.created_at, f.event_id::text, f.event_type,
           f.obligation_id::text, f.agreement_id::text, f.buyer, f.data, f.wording, f.words,
           f.recorded_at
    from taken t join facts f using (event_id) order by t.seq
"""
_FINISH = f"""
    update notifications n
    set claimed_by = null,
        state = case when $3 in ('delivered', 'sent') then $3 when n.state <> 'bundled' then n.state
                     when $3 = 'pending' then 'bundled' else $3 end
    from (select notification_id, state as was from notifications where digest_id = $1) before
    where n.notification_id = before.notification_id and n.claimed_by = $2
    returning {LOST}, before.was = 'bundled' and n.state = 'failed' as lost
"""  # noqa: S608 - our own column names


_REPORT = f"""
    update notifications n
    set state = case when $2 = 'pending' and ({HOLDS}) then 'bundled'
                     when $2 = 'pending' then 'failed' else $2 end
    from facts f
    where n.digest_id = $1 and f.event_id = n.event_id and $2 <> 'sent'
          and n.acknowledged_at is null and n.replay_id is null
          and (n.state = 'sent' or (n.state in ('bundled', 'delivered') and $2 <> 'delivered'))
    returning {LOST}, n.state = 'failed' as lost
"""  # noqa: S608


class Bundled(NamedTuple):
    """A message that a digest carries."""

    notification_id: str
    created_at: datetime
    fact: FactToTell


async def due_subscriptions(tx: AsyncConnection, now: datetime) -> list[str]:
    """The subscriptions for which a digest is to be put together."""
    connection = await driver(tx)
    return [row[0] for row in await connection.fetch(_DUE, now)]


async def bundle(tx: AsyncConnection, subscription_id: str, now: datetime) -> int:
    """Put together what is due for a subscription; returns how many digests that makes."""
    connection = await driver(tx)
    due = [tuple(row) for row in await connection.fetch(_LOCK_DUE, subscription_id, now)]
    parts = [due[start : start + MOST_IN_ONE] for start in range(0, len(due), MOST_IN_ONE)]
    for part in parts:
        await _put(tx, subscription_id, part, now)
    return len(parts)


async def _put(
    tx: AsyncConnection, subscription_id: str, part: Sequence[tuple[str, str]], now: datetime
) -> None:
    connection = await driver(tx)
    (first, buyer), ids = part[0], [key for key, _ in part]
    event_id = identify(DIGEST, subscription_id, first, now.isoformat())
    digest_id = identify("notification", event_id, subscription_id)
    words = orjson.dumps({"reference": subscription_id})
    await connection.execute(
        "insert into facts (event_id, event_type, buyer, data, wording, words, revision, sequence,"
        " recorded_at) values ($1, $2, $3, '', '', $4, 1, 1, $5)",
        *(event_id, DIGEST, buyer, words, now),
    )
    await connection.execute(
        "insert into notifications (notification_id, event_id, subscription_id, buyer, state,"
        " attempts, tries, next_attempt_at, created_at)"
        " values ($1, $2, $3, $4, 'pending', 0, 0, $5, $5)",
        *(digest_id, event_id, subscription_id, buyer, now),
    )
    await connection.execute(
        "update notifications set state = 'bundled', digest_id = $2"
        " where notification_id = any($1::uuid[])",
        ids,
        digest_id,
    )


async def take_bundled(tx: AsyncConnection, claim: Claim) -> list[Bundled]:
    """What a digest carries that still holds; it counts as tried with the digest from now on.

    Where nothing holds any more, the digest is cancelled.
    """
    connection = await driver(tx)
    rows = await connection.fetch(_TAKE, claim.notification_id, claim.claim_id, claim.lease_ends)
    if not rows:
        await connection.execute(
            "update notifications set state = 'cancelled', claimed_by = null"
            " where notification_id = $1"
            " and claimed_by = $2 and state = 'pending'",
            *(claim.notification_id, claim.claim_id),
        )
    return [_bundled(row) for row in rows]


def _bundled(row: Any) -> Bundled:
    notification_id, created_at, *head, words, recorded_at = row.values()
    fact = FactToTell(*[*head, orjson.loads(words), recorded_at])
    return Bundled(notification_id, created_at, fact)


async def finish_bundled(tx: AsyncConnection, finished: Finished) -> list[Lost]:
    """What a digest carried comes to what the digest came to; returns what is given up with it."""
    connection = await driver(tx)
    claim = finished.claim
    rows = await connection.fetch(
        _FINISH, claim.notification_id, claim.claim_id, finished.verdict.state
    )
    return [Lost(*tuple(row.values())[:-1]) for row in rows if row["lost"]]


async def report_bundled(tx: AsyncConnection, digest_id: str, state: str) -> list[Lost]:
    """What was heard of a digest after it was handed in is said of what it carried, too.

    What was acknowledged, or sent again by itself, is past that. Returns what is given up; the
    notifications are locked.
    """
    connection = await driver(tx)
    rows = await connection.fetch(_REPORT, digest_id, state)
    return [Lost(*tuple(row.values())[:-1]) for row in rows if row["lost"]]


async def lock_bundled(tx: AsyncConnection, digest_id: str) -> list[str]:
    """What a digest carries or carried, locked before it; none for what is no digest.

    What was taken out of it is no part of it any more.
    """
    connection = await driver(tx)
    rows = await connection.fetch(
        "select notification_id::text, state from notifications"
        " where notification_id = $1 or digest_id = $1 order by seq for update",
        digest_id,
    )
    return [key for key, state in rows if key != digest_id and state != "cancelled"]
