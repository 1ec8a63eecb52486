"""Attempts: what became of them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.channels.outcome import Outcome
from services.notify.delivery import Verdict
from services.notify.queries.claims import Claim
from shared.database import driver

_LONGEST_DETAIL = 500


class Finished(NamedTuple):
    """An attempt, what it came to, and what follows."""

    claim: Claim
    outcome: Outcome
    verdict: Verdict


class Lost(NamedTuple):
    """A notification that is given up."""

    notification_id: str
    obligation_id: str
    agreement_id: str
    buyer: str
    attempts: int
    revision: int
    sequence: int


_LOST = """n.notification_id::text, n.obligation_id::text, n.agreement_id::text, n.buyer,
    n.attempts,
    (select f.revision from facts f where f.event_id = n.event_id),
    (select f.sequence from facts f where f.event_id = n.event_id)"""
_RECORD = f"""
    with mine as (
        select n.notification_id, n.state as was, g.state, g.next_attempt_at, g.tried
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::int[])
             as g(notification_id, claim, attempt, state, next_attempt_at, tried)
        join notifications n on n.notification_id = g.notification_id
             and n.claimed_by = g.claim and n.attempts = g.attempt
        order by n.seq for update of n)
    update notifications n
    set claimed_by = null, next_attempt_at = mine.next_attempt_at, tries = n.tries + mine.tried,
        state = case when mine.state = 'delivered' or n.state = 'pending' then mine.state
                     else n.state end
    from mine where n.notification_id = mine.notification_id
    returning {_LOST}, mine.was = 'pending' and n.state = 'failed' as lost
"""  # noqa: S608 - our own column names
_SWITCH_OFF = f"""
    with waiting as (
        select notification_id from notifications
        where subscription_id = $1 and state = 'pending' order by seq for update)
    update notifications n set state = $2
    from waiting where n.notification_id = waiting.notification_id
    returning {_LOST}
"""  # noqa: S608 - our own column names


async def record_attempts(
    tx: AsyncConnection, finished: Sequence[Finished], now: datetime
) -> list[Lost]:
    """Write what attempts came to; return the notifications that are given up by it."""
    connection = await driver(tx)
    await _count_failures(connection, finished)
    # With what else waits for a receiver that is gone, which is written after this: in one order.
    await connection.execute(
        "select from notifications where notification_id = any($1::uuid[])"
        " or (state = 'pending' and subscription_id = any($2::uuid[])) order by seq for update",
        [one.claim.notification_id for one in finished],
        sorted({one.claim.subscription_id for one in finished if one.outcome.kind == "gone"}),
    )
    rows = await connection.fetch(
        _RECORD,
        [one.claim.notification_id for one in finished],
        [one.claim.claim_id for one in finished],
        [one.claim.attempt for one in finished],
        [one.verdict.state for one in finished],
        [one.verdict.next_attempt_at for one in finished],
        [int(one.outcome.kind == "retry") for one in finished],
    )
    await connection.executemany(
        "update deliveries set finished_at = $3, outcome = $4, status = $5, detail = $6,"
        " response = $7 where notification_id = $1 and attempt = $2",
        [
            (
                one.claim.notification_id,
                one.claim.attempt,
                now,
                one.outcome.kind,
                one.outcome.status,
                one.outcome.detail,
                one.outcome.response,
            )
            for one in finished
        ],
    )
    return [Lost(*tuple(row.values())[:-1]) for row in rows if row["lost"]]


async def _count_failures(connection: Any, finished: Sequence[Finished]) -> None:
    """Count failures of each subscription since its last success, where the count changes."""
    arrived = {f.claim.subscription_id for f in finished if f.outcome.kind == "delivered"}
    failed = Counter(f.claim.subscription_id for f in finished if f.outcome.kind != "delivered")
    was_failing = {f.claim.subscription_id for f in finished if f.claim.failures}
    changed = sorted(failed.keys() | (arrived & was_failing))
    if changed:
        await connection.execute(
            "with mine as (select s.subscription_id, g.failed, g.arrived"
            " from unnest($1::uuid[], $2::int[], $3::bool[])"
            " as g(subscription_id, failed, arrived) join subscriptions s using (subscription_id)"
            " order by s.subscription_id for no key update of s)"
            " update subscriptions s"
            " set failures = case when mine.arrived then 0 else s.failures + mine.failed end"
            " from mine where s.subscription_id = mine.subscription_id",
            changed,
            [failed[one] for one in changed],
            [one in arrived for one in changed],
        )


async def record_not_made(
    tx: AsyncConnection, claim: Claim, detail: str, now: datetime, next_attempt_at: datetime
) -> None:
    """Write that an attempt came to nothing by a fault of ours: it counts for nothing."""
    connection = await driver(tx)
    await connection.execute(
        "with made as (update deliveries set finished_at = $4, outcome = 'not-made', detail = $5"
        " where notification_id = $1 and attempt = $3)"
        " update notifications set claimed_by = null, next_attempt_at = $6"
        " where notification_id = $1 and claimed_by = $2 and attempts = $3",
        claim.notification_id,
        claim.claim_id,
        claim.attempt,
        now,
        detail[:_LONGEST_DETAIL].replace("\x00", ""),
        next_attempt_at,
    )


async def switch_off(
    tx: AsyncConnection, subscription_id: str, reason: str, state: str
) -> list[Lost]:
    """End a subscription; what waits for it becomes `state`. Returns what that befell."""
    connection = await driver(tx)
    await connection.execute(
        "update subscriptions set active = false, inactive_reason = $2"
        " where subscription_id = $1 and active",
        subscription_id,
        reason,
    )
    rows = await connection.fetch(_SWITCH_OFF, subscription_id, state)
    return [Lost(*row.values()) for row in rows]
