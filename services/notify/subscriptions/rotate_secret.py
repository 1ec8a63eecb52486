"""Give a subscription a new secret."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.queries.subscriptions import put_secrets, secrets_of
from services.notify.subscriptions.own_subscription import own_subscription
from services.notify.subscriptions.secret import RotationWish, Secrets, rotate
from shared.access import Caller
from shared.database import begin
from shared.errors import Conflict
from shared.logs import logger


async def rotate_secret(
    engine: AsyncEngine, key: str, wish: RotationWish, caller: Caller, now: datetime
) -> Secrets:
    """Sign with a new secret, and for a while with the old one too.

    Raises Conflict where nothing is signed (email), or an earlier rotation is still under way.
    """
    async with begin(engine) as tx:
        await own_subscription(tx, key, caller, lock=True)
        known = await secrets_of(tx, key)
        if known is None:
            raise Conflict("only webhooks are signed with a secret")
        new = rotate(known, wish, now)
        await put_secrets(tx, key, new)
    logger.info("subscription.secret_rotated", subscription_id=key, until=new.previous_until)
    return new
