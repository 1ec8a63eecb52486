"""Switch a subscription off, with all that follows from it."""

from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.dates.words import in_words
from services.notify.metrics import SWITCHED_OFF
from services.notify.publish import publish
from services.notify.queries.deliveries import Lost
from services.notify.queries.notifications import insert_notifications
from services.notify.queries.plans import plans_in_force
from services.notify.queries.switching import Off, concerned, end, keep_fact, stop_waiting
from shared.events import SubscriptionSwitchedOff
from shared.identity import identify
from shared.logs import logger

Because = Literal["gone", "failing", "unsubscribed", "ended"]
WORDING = "subscription-off"
_WAITING_BECOMES: dict[Because, str] = {
    "gone": "failed",
    "failing": "held",
    "unsubscribed": "cancelled",
    "ended": "cancelled",
}


async def switch_off(
    tx: AsyncConnection, subscription_id: str, because: Because, reason: str, now: datetime
) -> list[Lost]:
    """Send nothing more to a subscription, in the caller's transaction, and publish that.

    Where it fails, what waits is held until it is resumed, and its owner and the buyers of its
    agreements are told by their other subscriptions. Where its receiver is gone what waits is given
    up, and returned; where somebody ended it, cancelled. Off already, nothing changes.
    """
    off = await end(tx, subscription_id, because, reason, now)
    if off is None:
        return []
    stopped = await stop_waiting(tx, subscription_id, _WAITING_BECOMES[because])
    fact = _fact(off, because, reason, now)
    event_id = identify(fact.TYPE, subscription_id, now.isoformat())
    await publish(tx, [(event_id, subscription_id, fact)], now)
    if because in ("gone", "failing"):
        await _tell(tx, off, event_id, fact, now)
    SWITCHED_OFF.labels(because).inc()
    say = logger.warning if because in ("gone", "failing") else logger.info
    say(
        "subscription.switched_off",
        subscription_id=subscription_id,
        because=because,
        waiting=len(stopped),
    )
    return stopped if because == "gone" else []


async def _tell(
    tx: AsyncConnection, off: Off, event_id: str, fact: SubscriptionSwitchedOff, now: datetime
) -> None:
    addressed = await concerned(tx, off, event_id)
    if not addressed:
        logger.warning("subscription.nobody_to_tell", subscription_id=off.subscription_id)
        return
    buyer = addressed[0].buyer
    contact = (await plans_in_force(tx)).of(buyer).contact
    await keep_fact(tx, event_id, fact, buyer, WORDING, words_of(off, fact, buyer, contact))
    await insert_notifications(tx, addressed, now)


def words_of(off: Off, fact: SubscriptionSwitchedOff, buyer: str, contact: str) -> dict[str, str]:
    """What the template is filled with. Only the host of a webhook: its path may be a secret."""
    host = urlsplit(off.address).hostname or off.address
    to = f"webhooks to {host}" if off.channel == "webhook" else f"{off.channel} to {off.address}"
    since = f"since {in_words(off.failing_since.date())}" if off.failing_since else "at once"
    return {
        "buyer": buyer,
        "provider": off.subscriber or f"supplier {off.supplier_id}",
        "told": to,
        "due_on": in_words(fact.recorded_at.date()),
        "period": since,
        "reason": fact.reason,
        "reference": off.subscription_id,
        "contact": contact,
    }


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
