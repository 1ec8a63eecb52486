"""Record that a notification was read, once in each capacity."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.fact import NOT_YOURS
from services.notify.publish import publish
from services.notify.queries.acknowledgements import (
    Acknowledgement,
    Notification,
    add_acknowledgement,
    lock_notification,
)
from services.notify.queries.digests import lock_bundled
from shared.access import Caller, Refused
from shared.database import begin
from shared.errors import NotKnown
from shared.events import NoticeAcknowledged
from shared.identity import identify
from shared.logs import logger

_FORBIDDEN = 403


async def acknowledge_notification(
    engine: AsyncEngine, key: str, caller: Caller | None, now: datetime
) -> Acknowledgement:
    """Acknowledge by an officer, or by whoever holds the link where `caller` is None.

    The first acknowledgement in each capacity stands; another one changes nothing. An officer may
    acknowledge what is for the provider, on hearing of it; the provider's own word is still taken.
    Who acknowledges a digest acknowledges all that it carries.
    """
    async with begin(engine) as tx:
        carried = await lock_bundled(tx, key)
        acknowledgement = await _acknowledge(tx, key, caller, now)
        for bundled in carried:
            await _acknowledge(tx, bundled, caller, now)
    return acknowledgement


async def _acknowledge(
    tx: AsyncConnection, key: str, caller: Caller | None, now: datetime
) -> Acknowledgement:
    found = await lock_notification(tx, key)
    if found is None:
        raise NotKnown(f"there is no notification {key}")
    if caller is not None and not caller.speaks_for(found.buyer):
        raise Refused(_FORBIDDEN, "the token speaks for other buyers")
    capacity = capacity_of(found, caller)
    for known in found.acknowledgements:
        if known.capacity == capacity:
            return known
    by = caller.subject if caller else found.recipient
    acknowledgement = Acknowledgement(capacity, now, by)
    await add_acknowledgement(tx, key, acknowledgement)
    of_agreement = found.agreement_id  # None: it tells of a subscription, no date to answer for
    if of_agreement and found.recalled_at is None and found.wording != NOT_YOURS:
        event_id = identify(NoticeAcknowledged.TYPE, key, capacity)
        fact = _fact(found, capacity, now)
        await publish(tx, [(event_id, of_agreement, fact)], now)
    logger.info(
        "notification.acknowledged",
        notification_id=key,
        agreement_id=found.agreement_id,
        capacity=capacity,
    )
    return acknowledgement


def capacity_of(found: Notification, caller: Caller | None) -> str:
    """Whether it is the buyer that acknowledges, by its officer or mailbox, or the provider."""
    return "buyer" if caller is not None or found.subscriber == found.buyer else "provider"


def _fact(found: Notification, capacity: str, now: datetime) -> NoticeAcknowledged:
    # No person's name: facts are kept for ever.
    return NoticeAcknowledged.model_validate(
        {
            "notification_id": found.notification_id,
            "obligation_id": found.obligation_id,
            "agreement_id": found.agreement_id,
            "buyer": found.buyer,
            "recipient": found.recipient,
            "capacity": capacity,
            "channel": found.channel,
            "revision": found.revision,
            "sequence": found.sequence,
            "recorded_at": now,
        },
        strict=False,
    )
