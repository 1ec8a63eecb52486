"""Record what attempts came to, with all that follows from it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.acknowledgements.acknowledge_notification import (
    acknowledge_by_replies,
    replies_of,
)
from services.notify.publish import Published, publish
from services.notify.queries.deliveries import (
    Finished,
    Lost,
    count_failures,
    record_attempts,
)
from services.notify.queries.digests import finish_bundled
from services.notify.queries.escalations import hurry_escalations, lock_escalations
from services.notify.subscriptions.subscription_off import Because, why_failing
from services.notify.subscriptions.switch_off import switch_off
from shared.database import begin
from shared.events import DeliveryFailed
from shared.identity import identify


async def finish_attempts(
    engine: AsyncEngine, finished: Sequence[Finished], now: datetime
) -> list[Lost]:
    """Record attempts; a receiver that is gone ends its subscription, with all that waits for it.

    One to which nothing arrived for five days is switched off, and what waits for it is held.
    Returns the notifications that are given up. Each is published as `delivery.failed.v1`.
    """
    async with begin(engine) as tx:
        failing = await count_failures(tx, finished, now)
        given_up = await record_attempts(tx, finished, failing, now)
        by_id = {one.claim.notification_id: one for one in finished}
        facts = [_failed(lost, by_id[lost.notification_id], now) for lost in given_up]
        for one in finished:
            if one.outcome.kind == "gone":
                key, why = one.claim.subscription_id, one.outcome.detail
                because: Because = "gone" if one.claim.channel == "webhook" else "bounced"
                rest = await switch_off(tx, key, because, why, now)
                facts += [_failed(lost, one, now) for lost in rest]
                given_up += rest
        for one in finished:
            if one.claim.fact.is_digest:
                lost_with_it = await finish_bundled(tx, one)
                facts += [_failed(lost, one, now) for lost in lost_with_it]
                given_up += lost_with_it
        for key, since in failing.items():
            last = next(one for one in finished if one.claim.subscription_id == key)
            await switch_off(tx, key, "failing", why_failing(since, last.outcome.detail), now)
        replies, lost_ids = replies_of(finished), [lost.notification_id for lost in given_up]
        await lock_escalations(tx, [*replies, *lost_ids])
        await acknowledge_by_replies(tx, replies, now)
        await hurry_escalations(tx, lost_ids, now)
        # What tells of a subscription has no place among the facts of agreements.
        await publish(tx, [fact for fact in facts if fact is not None], now)
    return given_up


def _failed(lost: Lost, because_of: Finished, now: datetime) -> Published | None:
    return delivery_failed(lost, because_of.claim.channel, because_of.outcome.detail, now)


def delivery_failed(lost: Lost, channel: str, reason: str, now: datetime) -> Published | None:
    """The fact that a notification is given up; none where it is of no agreement."""
    if lost.agreement_id is None:
        return None
    fact = DeliveryFailed.model_validate(
        {**lost._asdict(), "channel": channel, "reason": reason, "recorded_at": now},
        strict=False,
    )
    event_id = identify(DeliveryFailed.TYPE, lost.notification_id, str(lost.attempts))
    return event_id, lost.agreement_id, fact
