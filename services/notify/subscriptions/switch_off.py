"""Switch a subscription off, with all that follows from it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.metrics import SWITCHED_OFF
from services.notify.publish import publish
from services.notify.queries.deliveries import Lost
from services.notify.queries.notifications import insert_notifications
from services.notify.queries.plans import plans_in_force
from services.notify.queries.switching import concerned, end, keep_fact, stop_waiting
from services.notify.subscriptions.subscription_off import SUBSCRIPTION_OFF, Because, Off, off_words
from shared.events import SubscriptionSwitchedOff
from shared.identity import identify
from shared.logs import logger

_TOLD: tuple[Because, ...] = ("gone", "bounced", "failing")
"""What its owner did not do, and is told of."""
_WAITING_BECOMES: dict[Because, str] = {
    "gone": "failed",
    "bounced": "failed",
    "failing": "held",
    "unsubscribed": "cancelled",
    "ended": "cancelled",
}


async def switch_off(
    tx: AsyncConnection, subscription_id: str, because: Because, reason: str, now: datetime
) -> list[Lost]:
    """Send nothing more to a subscription, in the caller's transaction, and publish that.

    Where it fails, what waits is held until it is resumed, and its owner and the buyers of its
    agreements are told by their other subscriptions. Where its receiver or mailbox is gone what
    waits is given up, and returned; where somebody ended it, cancelled. Off already, nothing
    changes.
    """
    off = await end(tx, subscription_id, because, reason, now)
    if off is None:
        return []
    stopped = await stop_waiting(tx, subscription_id, _WAITING_BECOMES[because])
    fact = _fact(off, because, reason, now)
    event_id = identify(fact.TYPE, subscription_id, now.isoformat())
    await publish(tx, [(event_id, subscription_id, fact)], now)
    if because in _TOLD:
        await _tell(tx, off, event_id, fact, now)
    SWITCHED_OFF.labels(because).inc()
    say = logger.warning if because in _TOLD else logger.info
    say(
        "subscription.switched_off",
        subscription_id=subscription_id,
        because=because,
        waiting=len(stopped),
    )
    return stopped if _WAITING_BECOMES[because] == "failed" else []


async def _tell(
    tx: AsyncConnection, off: Off, event_id: str, fact: SubscriptionSwitchedOff, now: datetime
) -> None:
    addressed = await concerned(tx, off, event_id)
    if not addressed:
        logger.warning("subscription.nobody_to_tell", subscription_id=off.subscription_id)
        return
    buyer = addressed[0].buyer
    plan = (await plans_in_force(tx)).of(buyer)
    words = off_words(off, fact.reason, buyer, plan, now)
    await keep_fact(tx, event_id, fact, buyer, SUBSCRIPTION_OFF, words)
    await insert_notifications(tx, addressed, now)


def _fact(off: Off, because: Because, reason: str, now: datetime) -> SubscriptionSwitchedOff:
    return SubscriptionSwitchedOff.model_validate(
        {
            "subscription_id": off.subscription_id,
            "subscriber": off.subscriber,
            "supplier_id": off.supplier_id,
            "channel": off.channel,
            "because": because,
            "reason": reason,
            "failing_since": off.failing_since,
            "recorded_at": now,
        },
        strict=False,
    )
