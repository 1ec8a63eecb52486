"""Subscribe somebody to messages, and end a subscription."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.notifications import address_subscription, hold_matching
from services.notify.queries.subscriptions import Subscription, put_subscription
from services.notify.subscriptions.own_subscription import check_caller, own_subscription
from services.notify.subscriptions.secret import new_secret
from services.notify.subscriptions.subscription import Wish, check_wish, subscription_id
from services.notify.subscriptions.switch_off import switch_off
from services.notify.subscriptions.switch_on import catch_up
from shared.access import Caller
from shared.access.act import note_object
from shared.database import begin
from shared.errors import Conflict
from shared.logs import logger

CheckAddress = Callable[[str], Awaitable[None]]


async def subscribe(
    engine: AsyncEngine,
    wish: Wish,
    caller: Caller,
    *,
    check_address: CheckAddress,
    email_is_set_up: bool,
    govuk_notify_is_set_up: bool,
    today: date,
    now: datetime,
) -> tuple[Subscription, str | None]:
    """Add a subscription; it is told at once what was raised before and still holds.

    Returns it with its secret, which is shown this once. `check_address` raises Rejected for one
    that webhooks are not sent to. Raises Conflict where the subscriber has that address already.
    """
    check_wish(
        wish,
        email_is_set_up=email_is_set_up,
        govuk_notify_is_set_up=govuk_notify_is_set_up,
    )
    check_caller(caller, wish.subscriber)
    if wish.channel == "webhook":
        await check_address(wish.address)
    secret = (wish.secret or new_secret()) if wish.channel == "webhook" else None
    key = subscription_id(wish)
    note_object(key)
    async with begin(engine) as tx:
        await hold_matching(tx, exclusive=True)
        added = await put_subscription(tx, key, wish, secret, now)
        if added is None:
            raise Conflict(f"this subscriber has a subscription for this address: {key}")
        if added.version == 1:
            await address_subscription(tx, key, today, now)
        else:
            await catch_up(tx, added, today, now)
    logger.info("subscription.added", subscription_id=key, channel=wish.channel)
    return added, secret


async def end_subscription(engine: AsyncEngine, key: str, caller: Caller, now: datetime) -> None:
    """End a subscription; what waits for it is not sent. Ending it twice changes nothing."""
    async with begin(engine) as tx:
        await own_subscription(tx, key, caller)
        await switch_off(tx, key, "ended", "ended by the subscriber or an officer", now)


async def unsubscribe(engine: AsyncEngine, key: str, now: datetime) -> None:
    """End a subscription by the link in one of its messages; it can be taken up again."""
    async with begin(engine) as tx:
        await own_subscription(tx, key, None)
        await switch_off(tx, key, "unsubscribed", "unsubscribed by the link in a message", now)
