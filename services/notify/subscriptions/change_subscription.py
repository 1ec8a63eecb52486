"""Change what a subscription is told, and how."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.notifications import address_subscription, hold_matching
from services.notify.queries.sendings import send_as_preferred
from services.notify.queries.subscriptions import Subscription, put_change
from services.notify.subscriptions.own_subscription import own_subscription
from services.notify.subscriptions.preferences import Preferences
from services.notify.subscriptions.subscription import MessageType
from shared.access import Caller
from shared.database import begin
from shared.errors import Conflict
from shared.logs import logger


class Change(BaseModel):
    """What is to be otherwise; what is not given stays. `version` is the one that was seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(
        description="As GET showed it; refused (409) where it has moved on", examples=[1]
    )
    event_types: Annotated[tuple[MessageType, ...], Field(min_length=1)] | None = Field(
        default=None, examples=[["notice.due.v1"]]
    )
    preferences: Preferences | None = None


async def change_subscription(
    engine: AsyncEngine, key: str, change: Change, caller: Caller, today: date, now: datetime
) -> Subscription:
    """Change a subscription; it is told what was raised of a new type and still holds.

    What waits for its time is sent when the new preferences say.
    Raises Conflict where somebody changed it since its `version` was seen.
    """
    async with begin(engine) as tx:
        await hold_matching(tx, exclusive=True)
        found = await own_subscription(tx, key, caller, lock=True)
        if found.version != change.version:
            raise Conflict(
                f"the subscription is at version {found.version}, not {change.version}: "
                "read it again, then change it"
            )
        await put_change(
            tx,
            key,
            change.event_types or found.event_types,
            change.preferences or found.preferences,
        )
        if change.preferences is not None:
            await send_as_preferred(tx, key, now)
        if change.event_types is not None and found.active:
            await address_subscription(tx, key, today, now)
        changed = await own_subscription(tx, key, caller)
    logger.info("subscription.changed", subscription_id=key, version=changed.version)
    return changed
