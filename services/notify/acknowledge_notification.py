"""Record that a notification was read, once."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.publish import publish
from services.notify.queries.acknowledgements import (
    Notification,
    lock_notification,
    set_acknowledged,
)
from shared.access import Caller, Refused
from shared.database import begin
from shared.errors import NotKnown
from shared.events import NoticeAcknowledged
from shared.identity import identify
from shared.logs import logger

_FORBIDDEN = 403


async def acknowledge_notification(
    engine: AsyncEngine, key: str, caller: Caller | None, now: datetime
) -> Notification:
    """Acknowledge by an officer, or by whoever holds the link where `caller` is None.

    The first acknowledgement stands; another one changes nothing.
    """
    async with begin(engine) as tx:
        found = await lock_notification(tx, key)
        if found is None:
            raise NotKnown(f"there is no notification {key}")
        if caller is not None and not caller.speaks_for(found.buyer):
            raise Refused(_FORBIDDEN, "the token speaks for other buyers")
        if found.acknowledged_at is None:
            # The recipient is named by its org-id: facts are kept for ever, mailboxes are personal.
            by = caller.subject if caller else found.subscriber or f"supplier {found.supplier_id}"
            await set_acknowledged(tx, key, by, now)
            event_id = identify(NoticeAcknowledged.TYPE, key)
            await publish(tx, [(event_id, found.agreement_id, _fact(found, by, now))], now)
            found = await lock_notification(tx, key) or found
            logger.info(
                "notification.acknowledged", notification_id=key, agreement_id=found.agreement_id
            )
    return found


def _fact(found: Notification, by: str, now: datetime) -> NoticeAcknowledged:
    return NoticeAcknowledged.model_validate(
        {
            "notification_id": found.notification_id,
            "obligation_id": found.obligation_id,
            "agreement_id": found.agreement_id,
            "buyer": found.buyer,
            "acknowledged_by": by,
            "recorded_at": now,
        },
        strict=False,
    )
