"""Send to a subscription again that was switched off."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.notifications import hold_matching
from services.notify.queries.subscriptions import Subscription
from services.notify.queries.switching import resume
from services.notify.subscriptions.own_subscription import own_subscription
from services.notify.subscriptions.subscribe import CheckAddress
from services.notify.subscriptions.subscription import check_channel
from services.notify.subscriptions.switch_on import catch_up
from shared.access import Caller
from shared.database import begin


async def resume_subscription(
    engine: AsyncEngine,
    key: str,
    caller: Caller | None,
    *,
    check_address: CheckAddress,
    email_is_set_up: bool,
    govuk_notify_is_set_up: bool,
    today: date,
    now: datetime,
) -> Subscription:
    """Switch a subscription on, its address checked again; one that is on stays as it is.

    What was held for it is sent, and what was raised meanwhile and still holds.
    """
    async with begin(engine) as tx:
        found = await own_subscription(tx, key, caller)
    if found.channel == "webhook":
        await check_address(found.address)
    check_channel(
        found.channel,
        email_is_set_up=email_is_set_up,
        govuk_notify_is_set_up=govuk_notify_is_set_up,
    )
    async with begin(engine) as tx:
        await hold_matching(tx, exclusive=True)
        if await resume(tx, key):
            await catch_up(tx, found, today, now)
        return await own_subscription(tx, key, caller)
