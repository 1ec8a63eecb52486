"""Messages that are sent again because a subscriber asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.queries.standing import HOLDS
from services.notify.tables import notifications, replays
from services.notify.telling.fact import DIGEST
from shared.database import driver

# What no longer holds is left out: its receiver was told so, or never had it. What a digest carried
# comes by itself.
_AGAIN = f"""
    update notifications n
    set state = 'pending', tries = 0, next_attempt_at = $2, replay_id = $3
    from facts f
    where n.notification_id = any($1::uuid[]) and f.event_id = n.event_id
          and n.state in ('sent', 'delivered', 'failed') and n.claimed_by is null
          and f.event_type <> $4 and {HOLDS}
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Replay:
    """Messages asked for again, and how far they came; one in a later replay counts there."""

    replay_id: str
    asked_at: datetime
    asked_by: str
    queued: int
    left_out: int
    waiting: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    cancelled: int = 0


async def lock_by_id(tx: AsyncConnection, subscription_id: str, ids: Sequence[str]) -> list[str]:
    """Those of the messages that are the subscription's, locked in the order of `seq`."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select notification_id::text from notifications where notification_id = any($1::uuid[])"
        " and subscription_id = $2 order by seq for update",
        list(ids),
        subscription_id,
    )
    return [row[0] for row in rows]


async def lock_written(
    tx: AsyncConnection,
    subscription_id: str,
    since: datetime,
    until: datetime,
    after: int,
    limit: int,
) -> list[tuple[str, int]]:
    """Id and `seq` of the messages written in a time, locked in the order of `seq`."""
    connection = await driver(tx)
    rows = await connection.fetch(
        "select notification_id::text, seq from notifications where subscription_id = $1"
        " and created_at >= $2 and created_at < $3 and seq > $4 order by seq limit $5 for update",
        subscription_id,
        since,
        until,
        after,
        limit,
    )
    return [tuple(row) for row in rows]


async def put_replay(
    tx: AsyncConnection,
    subscription_id: str,
    replay_id: str,
    locked: Sequence[str],
    asked_by: str,
    now: datetime,
) -> Replay:
    """Queue what of the locked messages can be sent again.

    They are looked at only once they are locked: what is withdrawn meanwhile is seen.
    """
    connection = await driver(tx)
    key = {"replay_id": replay_id, "subscription_id": subscription_id}
    asked = {"asked_at": now, "asked_by": asked_by}
    await tx.execute(insert(replays).values(**key, **asked, queued=0, left_out=0))
    done = await connection.execute(_AGAIN, list(locked), now, replay_id, DIGEST)
    queued = int(done.rsplit(" ", 1)[1])
    left_out = len(locked) - queued
    await tx.execute(
        replays.update()
        .where(replays.c.replay_id == replay_id)
        .values(queued=queued, left_out=left_out)
    )
    return Replay(replay_id, now, asked_by, queued, left_out, waiting=queued)


async def list_replays(tx: AsyncConnection, subscription_id: str, limit: int) -> list[Replay]:
    """The latest replays of a subscription, the newest first."""
    state = notifications.c.state

    def counted(*states: str) -> ColumnElement[int]:
        return func.count(notifications.c.seq).filter(state.in_(states))

    asked = (
        select(replays)
        .where(replays.c.subscription_id == subscription_id)
        .order_by(replays.c.seq.desc())
        .limit(limit)
        .subquery()
    )
    query = (
        select(
            asked.c.replay_id,
            asked.c.asked_at,
            asked.c.asked_by,
            asked.c.queued,
            asked.c.left_out,
            counted("pending", "held", "gathered", "bundled"),
            counted("sent"),
            counted("delivered"),
            counted("failed"),
            counted("cancelled"),
        )
        .select_from(asked.outerjoin(notifications, notifications.c.replay_id == asked.c.replay_id))
        .group_by(*asked.c)
        .order_by(asked.c.seq.desc())
    )
    return [Replay(*row) for row in await tx.execute(query)]
