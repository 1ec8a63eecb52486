"""Claims: which attempts this process is to make, under a lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.subscriptions.secret import Secrets
from services.notify.telling.fact import FactToTell
from shared.database import driver, raw_connection


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt that this process is to make, until `lease_ends`."""

    claim_id: str
    notification_id: str
    attempt: int
    tries: int
    lease_ends: datetime
    created_at: datetime
    subscription_id: str
    channel: str
    address: str
    secrets: tuple[str, ...]
    prefers: bool
    sending_rule: str | None
    fact: FactToTell


# Each subscription's own share comes by a lateral join, so that one with thousands of messages
# neither fills all slots nor is read whole; a failing one gets a single slot. A message waits for
# the earlier ones of the same agreement to the same recipient, and for an attempt still under way
# of one that was cancelled meanwhile.
_CLAIM = """
    with due as materialized (
        select subscription_id, min(next_attempt_at) as since from notifications
        where state = 'pending' and next_attempt_at <= $1
        group by subscription_id order by since limit 1000
    ), picked as materialized (
        select n.notification_id
        from due join subscriptions s using (subscription_id)
        cross join lateral (
            select w.notification_id from notifications w
            where w.subscription_id = s.subscription_id
              and w.state = 'pending' and w.next_attempt_at <= $1
              and not exists (
                  select 1 from notifications e
                  where e.subscription_id = w.subscription_id
                    and e.agreement_id = w.agreement_id and e.seq < w.seq
                    and (e.state = 'pending' or e.claimed_by is not null)
                    and (e.state = 'pending' or e.next_attempt_at > $1))
            order by w.next_attempt_at, w.seq
            limit greatest(0, case when s.failures > 0 then 1 else $3::int end - (
                select count(*) from notifications f
                where f.subscription_id = s.subscription_id
                  and f.claimed_by is not null and f.next_attempt_at > $1))
            for update of w skip locked
        ) n
        where s.active and s.channel = any($6::text[])
        limit $2
    ), claimed as (
        update notifications u
        set claimed_by = $4, next_attempt_at = $5, attempts = u.attempts + 1
        from picked where u.notification_id = picked.notification_id
        returning u.*
    ), begun as (
        insert into deliveries
            (notification_id, attempt, started_at, outcome, detail, response)
        select notification_id, attempts, $1, 'started', '', '' from claimed
    )
    select c.notification_id::text, c.attempts, c.tries, c.created_at,
           s.subscription_id::text, s.channel, s.address, s.secret, s.previous_secret,
           s.previous_secret_until, s.preferences is not null as prefers, c.sending_rule,
           f.event_id::text, f.event_type, f.obligation_id::text, f.agreement_id::text,
           f.buyer, f.data, f.wording, f.words, f.recorded_at
    from claimed c
    join subscriptions s using (subscription_id)
    join facts f on f.event_id = c.event_id
    order by c.seq
"""


async def claim_due(
    tx: AsyncConnection,
    claim_id: str,
    now: datetime,
    *,
    lease: timedelta,
    channels: Sequence[str],
    at_most: int,
    each: int,
) -> list[Claim]:
    """Take up to `at_most` due notifications that go by one of the channels.

    For one subscription there are `each` at most at a time.
    """
    connection = await driver(tx)
    rows = await connection.fetch(_CLAIM, now, at_most, each, claim_id, now + lease, channels)
    return [_claim(row, claim_id, now, now + lease) for row in rows]


def _claim(row: Any, claim_id: str, now: datetime, lease_ends: datetime) -> Claim:
    known = Secrets(row["secret"] or "", row["previous_secret"], row["previous_secret_until"])
    return Claim(
        claim_id,
        row["notification_id"],
        row["attempts"],
        row["tries"],
        lease_ends,
        row["created_at"],
        row["subscription_id"],
        row["channel"],
        row["address"],
        known.valid(now) if row["secret"] else (),
        row["prefers"],
        row["sending_rule"],
        FactToTell(
            row["event_id"],
            row["event_type"],
            row["obligation_id"],
            row["agreement_id"],
            row["buyer"],
            row["data"],
            row["wording"],
            orjson.loads(row["words"]),
            row["recorded_at"],
        ),
    )


async def which_hold(engine: AsyncEngine, claims: Sequence[Claim]) -> list[bool]:
    """Of each claim, whether it is still ours and the message still to be sent."""
    async with engine.connect() as plain:
        connection = await raw_connection(plain)
        rows = await connection.fetch(
            "select n.notification_id::text, n.claimed_by::text, n.attempts"
            " from notifications n join subscriptions s using (subscription_id)"
            " where n.notification_id = any($1::uuid[]) and n.state = 'pending' and s.active",
            [claim.notification_id for claim in claims],
        )
    hold = {tuple(row.values()) for row in rows}
    return [(one.notification_id, one.claim_id, one.attempt) in hold for one in claims]


async def oldest_waiting(engine: AsyncEngine) -> datetime | None:
    """When the notification that has waited longest for an attempt became due."""
    async with engine.connect() as plain:
        connection = await raw_connection(plain)
        found: datetime | None = await connection.fetchval(
            "select min(next_attempt_at) from notifications where state = 'pending'"
        )
        return found
