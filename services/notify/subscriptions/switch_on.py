"""What follows where a subscription that was switched off is sent to again."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.publish import publish
from services.notify.queries.notifications import address_subscription
from services.notify.queries.sendings import send_as_preferred
from services.notify.queries.subscriptions import Subscription
from services.notify.queries.switching import release_held
from shared.events import SubscriptionResumed
from shared.identity import identify
from shared.logs import logger


async def catch_up(tx: AsyncConnection, on: Subscription, today: date, now: datetime) -> None:
    """Send what was held for a subscription, and what was raised meanwhile and still holds.

    The caller holds the matching of who is told of what, alone.
    """
    held = await release_held(tx, on.subscription_id, now)
    await send_as_preferred(tx, on.subscription_id, now)
    raised = await address_subscription(tx, on.subscription_id, today, now)
    fact = SubscriptionResumed.model_validate(
        {
            "subscription_id": on.subscription_id,
            "subscriber": on.subscriber,
            "supplier_id": on.supplier_id,
            "channel": on.channel,
            "recorded_at": now,
        },
        strict=False,
    )
    event_id = identify(fact.TYPE, on.subscription_id, now.isoformat())
    await publish(tx, [(event_id, on.subscription_id, fact)], now)
    logger.info(
        "subscription.resumed", subscription_id=on.subscription_id, held=held, raised=raised
    )
