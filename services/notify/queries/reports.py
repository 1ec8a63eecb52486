"""What was heard of messages after they were handed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.channels.outcome import Outcome, without_mailboxes
from services.notify.deliveries.delivery import Verdict
from services.notify.queries.deliveries import LONGEST_DETAIL, LOST, Lost
from services.notify.queries.standing import HOLDS
from shared.database import driver

# Channels whose addresses are mailboxes: one that is gone is gone for both.
_BY_MAIL = ["email", "govuk-notify"]
_FOUND = f"""
    select n.notification_id::text, n.buyer, n.state, n.attempts, n.tries,
           n.acknowledged_at is not null as acknowledged, ({HOLDS}) as holds,
           s.subscription_id::text, s.active, s.channel, s.address
    from notifications n join subscriptions s using (subscription_id) join facts f using (event_id)
    where n.notification_id = $1
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Reported:
    """A notification of which something was heard, with its subscription."""

    notification_id: str
    buyer: str
    state: str
    attempts: int
    tries: int
    acknowledged: bool
    holds: bool
    subscription_id: str
    active: bool
    channel: str
    address: str


async def find_reported(tx: AsyncConnection, notification_id: str) -> Reported | None:
    """The notification, None where none of that id is known."""
    connection = await driver(tx)
    return _reported(await connection.fetchrow(_FOUND, notification_id))


async def lock_reported(
    tx: AsyncConnection, notification_id: str, subscriptions: list[str]
) -> Reported | None:
    """The same, locked with what it carries and what waits for subscriptions that are to end.

    Subscriptions before notifications, these in the order of `seq`: as whoever else locks both. Not
    against their keys: who leaves a notification for one while it holds others needs no more. Its
    own among them: who erases its address meanwhile would not see what is kept here.
    """
    connection = await driver(tx)
    await connection.execute(
        "select from subscriptions where subscription_id = any($1::uuid[]) or subscription_id ="
        " (select n.subscription_id from notifications n where n.notification_id = $2)"
        " order by subscription_id for no key update",
        subscriptions,
        notification_id,
    )
    await connection.execute(
        "select from notifications where notification_id = $1"
        " or digest_id = $1 or (subscription_id = any($2::uuid[])"
        " and state in ('pending', 'gathered', 'bundled', 'held')) order by seq for update",
        notification_id,
        subscriptions,
    )
    return _reported(await connection.fetchrow(_FOUND, notification_id))


async def subscriptions_by_mail(tx: AsyncConnection, address: str) -> list[str]:
    """The active subscriptions of a mailbox; who writes it in other letters means the same."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select subscription_id::text from subscriptions where active and channel = any($1)"
        " and lower(address) = lower($2) order by subscription_id",
        _BY_MAIL,
        address,
    )
    return [row[0] for row in rows]


async def keep_report(
    tx: AsyncConnection, reported: Reported, said: Outcome, now: datetime
) -> None:
    """Keep what was heard, among the attempts; the same again moves the time of the last.

    Of an address that was erased only what became of the message is kept, none of the words.
    """
    connection = await driver(tx)
    erased = not reported.address
    values = (
        reported.notification_id,
        reported.attempts,
        now,
        said.kind,
        said.status,
        "" if erased else said.detail[:LONGEST_DETAIL],
        "" if erased else without_mailboxes(said.response),
    )
    done = await connection.execute(
        "update deliveries set finished_at = $3, response = $7 where (notification_id, attempt,"
        " report) = (select notification_id, attempt, report from deliveries"
        " where notification_id = $1 and attempt = $2 order by report desc limit 1)"
        " and report > 0 and outcome = $4 and status is not distinct from $5 and detail = $6",
        *values,
    )
    if done.endswith(" 0"):
        await connection.execute(
            "insert into deliveries (notification_id, attempt, report, started_at, finished_at,"
            " outcome, status, detail, response)"
            " select $1::uuid, $2::int, coalesce(max(report), 0) + 1, $3::timestamptz,"
            " $3::timestamptz, $4, $5::int, $6, $7"
            " from deliveries where notification_id = $1 and attempt = $2",
            *values,
        )


async def move_on(tx: AsyncConnection, reported: Reported, verdict: Verdict) -> Lost:
    """Put a notification, which is locked, in the state that follows; as it is where given up."""
    connection = await driver(tx)
    row = await connection.fetchrow(
        f"update notifications n set state = $2, next_attempt_at = $3, tries = $4"  # noqa: S608
        f" where notification_id = $1 returning {LOST}",
        reported.notification_id,
        verdict.state,
        verdict.next_attempt_at,
        reported.tries + int(verdict.state == "pending"),
    )
    return Lost(*row.values())


async def keep_bounce(
    tx: AsyncConnection,
    bounce_id: str,
    notification_id: str,
    outcome: str,
    status: str,
    now: datetime,
) -> bool:
    """Keep that a bounce was read; False where it was already."""
    connection = await driver(tx)
    done = await connection.execute(
        "insert into bounces (bounce_id, notification_id, outcome, status, recorded_at)"
        " values ($1, $2, $3, $4, $5) on conflict do nothing",
        bounce_id,
        notification_id,
        outcome,
        status,
        now,
    )
    return bool(done.endswith(" 1"))


def _reported(row: Any) -> Reported | None:
    return Reported(*row.values()) if row is not None else None
