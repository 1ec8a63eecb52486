"""Take back what was told to people who turned out not to be recipients of an agreement."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.queries.notifications import Addressed, insert_facts, insert_notifications
from services.notify.queries.recipients import (
    held_notifications,
    mark_recalled,
    wanted_recipients,
)
from services.notify.telling.fact import not_yours
from services.notify.telling.recipient import revise_recipients
from shared.logs import logger


async def recall_notifications(
    tx: AsyncConnection, agreements: Sequence[str], now: datetime
) -> None:
    """Cancel or withdraw, in the caller's transaction, what of agreements is not for its recipient.

    Nothing of it is published: the obligation holds for everyone else.
    """
    if not agreements:
        return
    held = await held_notifications(tx, agreements)
    recall = revise_recipients(held, await wanted_recipients(tx, agreements))
    await mark_recalled(tx, recall, now)
    tell = [(one, not_yours(one, now)) for one in recall.withdraw]
    await insert_facts(tx, [fact for _, fact in tell], now)
    addressed = [
        Addressed(
            fact.event_id,
            told.subscription_id,
            told.obligation_id,
            told.agreement_id,
            told.buyer,
        )
        for told, fact in tell
    ]
    await insert_notifications(tx, addressed, now)
    for one in recall.cancel + [one for one in recall.withdraw if not one.waits]:
        logger.info(
            "notification.recalled",
            notification_id=one.notification_id,
            agreement_id=one.agreement_id,
            event_id=one.event_id,
        )
