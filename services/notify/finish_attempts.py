"""Record what attempts came to, with all that follows from it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.acknowledge_notification import acknowledge_by_replies
from services.notify.publish import Published, publish
from services.notify.queries.deliveries import Finished, Lost, record_attempts, switch_off
from services.notify.queries.escalations import hurry_escalations
from shared.database import begin
from shared.events import DeliveryFailed
from shared.identity import identify
from shared.logs import logger


async def finish_attempts(
    engine: AsyncEngine, finished: Sequence[Finished], now: datetime
) -> list[Lost]:
    """Record attempts; a receiver that is gone ends its subscription, with all that waits for it.

    Returns the notifications that are given up. Each is published as `delivery.failed.v1`.
    """
    async with begin(engine) as tx:
        given_up = await record_attempts(tx, finished, now)
        by_id = {one.claim.notification_id: one for one in finished}
        facts = [_failed(lost, by_id[lost.notification_id], now) for lost in given_up]
        for one in finished:
            if one.outcome.kind == "gone":
                rest = await switch_off(tx, one.claim.subscription_id, one.outcome.detail, "failed")
                facts += [_failed(lost, one, now) for lost in rest]
                given_up += rest
                logger.warning("subscription.gone", subscription_id=one.claim.subscription_id)
        await acknowledge_by_replies(tx, finished, now)
        await hurry_escalations(tx, [lost.notification_id for lost in given_up], now)
        await publish(tx, facts, now)
    return given_up


def _failed(lost: Lost, because_of: Finished, now: datetime) -> Published:
    fact = DeliveryFailed.model_validate(
        {
            **lost._asdict(),
            "channel": because_of.claim.channel,
            "reason": because_of.outcome.detail,
            "recorded_at": now,
        },
        strict=False,
    )
    event_id = identify(DeliveryFailed.TYPE, lost.notification_id, str(lost.attempts))
    return event_id, lost.agreement_id, fact
