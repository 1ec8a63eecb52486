"""Send messages again that a subscriber asks for, under the ids that they had."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.deliveries.replay import ReplayWish, check_replay
from services.notify.queries.replays import Replay, lock_by_id, lock_written, put_replay
from services.notify.subscriptions.own_subscription import own_subscription
from shared.access import Caller
from shared.database import begin
from shared.errors import Conflict, Rejected
from shared.logs import logger


async def replay_notifications(
    engine: AsyncEngine, key: str, wish: ReplayWish, after: int, caller: Caller, now: datetime
) -> tuple[Replay, int | None]:
    """Queue messages of a subscription again, of a range those after the row `after`.

    Returns the replay, and where more follow the row that it came to.

    Raises Conflict where the subscription is switched off, Rejected with the field for ids that are
    none of its messages. Asked again while they wait, nothing is queued twice.
    """
    meant = check_replay(wish, now)
    async with begin(engine) as tx:
        found = await own_subscription(tx, key, caller, lock=True)
        if not found.active:
            raise Conflict("the subscription is switched off; resume it first")
        came_to = None
        if meant is None:
            locked = await _by_id(tx, key, [str(one) for one in wish.ids or ()])
        else:
            written = await lock_written(tx, key, *meant, after, wish.limit + 1)
            if len(written) > wish.limit:
                written.pop()
                came_to = written[-1][1]
            locked = [one for one, _ in written]
        replay = await put_replay(tx, key, str(uuid4()), locked, caller.subject, now)
    logger.info(
        "notifications.replayed",
        subscription_id=key,
        replay_id=replay.replay_id,
        queued=replay.queued,
        left_out=replay.left_out,
    )
    return replay, came_to


async def _by_id(tx: AsyncConnection, key: str, ids: list[str]) -> list[str]:
    locked = await lock_by_id(tx, key, ids)
    for place, one in enumerate(ids):
        if one not in locked:
            raise Rejected(f"{one} is no message of this subscription", f"ids.{place}")
    return locked
