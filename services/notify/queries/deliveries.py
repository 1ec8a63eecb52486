"""Attempts: what became of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.channels.outcome import Outcome
from services.notify.deliveries.delivery import Verdict
from services.notify.deliveries.failing import Streak, after_attempts, is_over
from services.notify.queries.claims import Claim
from shared.database import driver

LONGEST_DETAIL = 500
_TAKEN = ("delivered", "sent")


class Finished(NamedTuple):
    """An attempt, what it came to, and what follows."""

    claim: Claim
    outcome: Outcome
    verdict: Verdict


class Lost(NamedTuple):
    """A notification that is given up."""

    notification_id: str
    obligation_id: str | None
    agreement_id: str | None
    buyer: str
    attempts: int
    revision: int
    sequence: int


LOST = """n.notification_id::text, n.obligation_id::text, n.agreement_id::text, n.buyer,
    n.attempts,
    (select f.revision from facts f where f.event_id = n.event_id),
    (select f.sequence from facts f where f.event_id = n.event_id)"""
_RECORD = f"""
    with mine as (
        select n.notification_id, n.state as was, g.state, g.next_attempt_at, g.tried,
               g.provider_id
        from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::int[],
                    $7::text[])
             as g(notification_id, claim, attempt, state, next_attempt_at, tried, provider_id)
        join notifications n on n.notification_id = g.notification_id
             and n.claimed_by = g.claim and n.attempts = g.attempt
        order by n.seq for update of n)
    update notifications n
    set claimed_by = null, next_attempt_at = mine.next_attempt_at, tries = n.tries + mine.tried,
        state = case when mine.state in ('delivered', 'sent') or n.state = 'pending'
                     then mine.state else n.state end,
        provider_id = mine.provider_id
    from mine where n.notification_id = mine.notification_id
    returning {LOST}, mine.was = 'pending' and n.state = 'failed' as lost
"""  # noqa: S608 - our own column names


async def record_attempts(
    tx: AsyncConnection,
    finished: Sequence[Finished],
    failing: Collection[str],
    now: datetime,
) -> list[Lost]:
    """Write what attempts came to; return the notifications that are given up by it."""
    connection = await driver(tx)
    # With all else that is written after this: in one order.
    await connection.execute(
        "select from notifications where notification_id = any($1::uuid[]) order by seq for update",
        [
            *(one.claim.notification_id for one in finished),
            *await _written_with(connection, finished, failing),
        ],
    )
    rows = await connection.fetch(
        _RECORD,
        [one.claim.notification_id for one in finished],
        [one.claim.claim_id for one in finished],
        [one.claim.attempt for one in finished],
        [one.verdict.state for one in finished],
        [one.verdict.next_attempt_at for one in finished],
        [int(one.outcome.kind == "retry") for one in finished],
        [one.outcome.provider_id for one in finished],
    )
    await connection.executemany(
        "update deliveries set finished_at = $3, outcome = $4, status = $5, detail = $6,"
        " response = $7 where notification_id = $1 and attempt = $2 and report = 0",
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


async def _written_with(
    connection: Any, finished: Sequence[Finished], failing: Collection[str]
) -> list[str]:
    """What else waits for receivers that are gone or failing, and what digests carry."""
    off = {one.claim.subscription_id for one in finished if one.outcome.kind == "gone"}
    off |= set(failing)
    digests = [one.claim.notification_id for one in finished if one.claim.fact.is_digest]
    if not off and not digests:
        return []
    rows = await connection.fetch(
        "select notification_id::text from notifications where subscription_id = any($1::uuid[])"
        " and state in ('pending', 'gathered', 'bundled')"
        " union select notification_id::text from notifications where digest_id = any($2::uuid[])",
        sorted(off),
        digests,
    )
    return [row[0] for row in rows]


async def count_failures(
    tx: AsyncConnection, finished: Sequence[Finished], now: datetime
) -> dict[str, datetime]:
    """Count the failures of each subscription since its last success, where that changes.

    Returns those to which nothing has arrived for so long that they are switched off, with the
    instant since when. Their rows are locked before any notification of theirs is.
    """
    arrived = {f.claim.subscription_id for f in finished if f.outcome.kind in _TAKEN}
    failed: dict[str, list[int]] = defaultdict(list)
    for one in finished:
        if one.outcome.kind not in _TAKEN:
            failed[one.claim.subscription_id].append(one.claim.tries)
    connection = await driver(tx)
    rows = await connection.fetch(
        "select subscription_id::text, failures, failing_since, last_failed_at from subscriptions"
        " where subscription_id = any($1::uuid[]) or (subscription_id = any($2::uuid[])"
        " and failures > 0) order by subscription_id for no key update",
        list(failed),
        list(arrived),
    )
    streaks = {
        key: after_attempts(Streak(*known), failed.get(key, ()), now, arrived=key in arrived)
        for key, *known in rows
    }
    await connection.executemany(
        "update subscriptions set failures = $2, failing_since = $3, last_failed_at = $4"
        " where subscription_id = $1",
        [(key, streak.count, streak.since, streak.last) for key, streak in streaks.items()],
    )
    return {
        key: streak.since
        for key, streak in streaks.items()
        if streak.since is not None and is_over(streak, now)
    }


async def put_back(tx: AsyncConnection, claim: Claim, next_attempt_at: datetime) -> None:
    """Give a claim back as if it had not been made: its attempt was never begun."""
    connection = await driver(tx)
    await connection.execute(
        "with mine as (update notifications set claimed_by = null, attempts = attempts - 1,"
        " next_attempt_at = $4 where notification_id = $1 and claimed_by = $2 and attempts = $3"
        " returning notification_id)"
        " delete from deliveries d using mine"
        " where d.notification_id = mine.notification_id and d.attempt = $3 and d.report = 0",
        *(claim.notification_id, claim.claim_id, claim.attempt, next_attempt_at),
    )


async def record_not_made(
    tx: AsyncConnection, claim: Claim, detail: str, now: datetime, next_attempt_at: datetime
) -> None:
    """Write that an attempt came to nothing by a fault of ours: it counts for nothing."""
    connection = await driver(tx)
    await connection.execute(
        "with made as (update deliveries set finished_at = $4, outcome = 'not-made', detail = $5"
        " where notification_id = $1 and attempt = $3 and report = 0)"
        " update notifications set claimed_by = null, next_attempt_at = $6"
        " where notification_id = $1 and claimed_by = $2 and attempts = $3",
        claim.notification_id,
        claim.claim_id,
        claim.attempt,
        now,
        detail[:LONGEST_DETAIL].replace("\x00", ""),
        next_attempt_at,
    )
