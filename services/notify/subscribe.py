"""Subscribe somebody to messages, and end a subscription."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.deliveries import switch_off
from services.notify.queries.notifications import address_subscription, hold_matching
from services.notify.queries.subscriptions import Subscription, find_subscription, put_subscription
from services.notify.subscription import Wish, check_wish, new_secret, subscription_id
from shared.access import Caller, Refused
from shared.database import begin
from shared.errors import Conflict, NotKnown
from shared.logs import logger

CheckAddress = Callable[[str], Awaitable[None]]
_FORBIDDEN = 403


async def subscribe(
    engine: AsyncEngine,
    wish: Wish,
    caller: Caller,
    *,
    check_address: CheckAddress,
    email_is_set_up: bool,
    govuk_notify_is_set_up: bool = False,
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
    _check_caller(caller, wish.subscriber)
    if wish.channel == "webhook":
        await check_address(wish.address)
    secret = (wish.secret or new_secret()) if wish.channel == "webhook" else None
    key = subscription_id(wish)
    async with begin(engine) as tx:
        await hold_matching(tx, exclusive=True)
        added = await put_subscription(tx, key, wish, secret, now)
        if added is None:
            raise Conflict(f"this subscriber has a subscription for this address: {key}")
        await address_subscription(tx, key, today, now)
    logger.info("subscription.added", subscription_id=key, channel=wish.channel)
    return added, secret


async def end_subscription(engine: AsyncEngine, key: str, caller: Caller) -> None:
    """End a subscription; what waits for it is not sent. Ending it twice changes nothing."""
    async with begin(engine) as tx:
        found = await find_subscription(tx, key)
        if found is None:
            raise NotKnown(f"there is no subscription {key}")
        _check_caller(caller, found.subscriber)
        await switch_off(tx, key, "ended by the subscriber or an officer", "cancelled")
    logger.info("subscription.ended", subscription_id=key)


def _check_caller(caller: Caller, subscriber: str | None) -> None:
    if caller.only is not None and (subscriber is None or not caller.speaks_for(subscriber)):
        raise Refused(_FORBIDDEN, "the token speaks for other buyers than this subscriber")
