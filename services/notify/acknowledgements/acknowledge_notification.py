"""Record that a notification was read: every word of it is kept, the first in a capacity counts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.acknowledgements.notification import Acknowledgement, Means, Notification
from services.notify.acknowledgements.webhook_reply import (
    Reply,
    check_signature,
    read_answer,
    read_request,
)
from services.notify.publish import publish
from services.notify.queries.acknowledgements import add_acknowledgement, secrets_of
from services.notify.queries.deliveries import Finished
from services.notify.queries.digests import lock_bundled
from services.notify.queries.escalations import Key, lock_escalations, stop_escalation
from services.notify.queries.seen_notifications import lock_to_acknowledge
from services.notify.telling.fact import NOT_YOURS
from shared.access import Caller
from shared.database import begin
from shared.errors import NotKnown
from shared.events import NoticeAcknowledged
from shared.identity import identify
from shared.logs import logger

_FORBIDDEN = 403


async def acknowledge_by_officer(
    engine: AsyncEngine, key: str, caller: Caller, who: str, reason: str | None, now: datetime
) -> Acknowledgement:
    """Acknowledge as an officer of the buyer, `who` may say why it is done for the provider.

    It is the buyer's word: the provider's own is still taken.
    """

    def word(found: Notification) -> Acknowledgement:
        if not caller.speaks_for(found.buyer):
            raise NotKnown(f"there is no notification {key}")  # its id follows from an address
        return Acknowledgement("buyer", "officer", who, now, reason)

    async with begin(engine) as tx:
        return await _acknowledge_all(tx, key, word)


async def acknowledge_by_provider(
    engine: AsyncEngine, key: str, caller: Caller, now: datetime
) -> Acknowledgement:
    """Acknowledge as the provider whose token calls, of what its own subscriptions got."""

    def word(found: Notification) -> Acknowledgement:
        if not may_see(found, caller):
            raise NotKnown(f"there is no notification {key}")
        return Acknowledgement(found.party, "token", caller.organisation or found.recipient, now)

    async with begin(engine) as tx:
        return await _acknowledge_all(tx, key, word)


def may_see(found: Notification, caller: Caller) -> bool:
    """Whether a message is the caller's: of its buyers, or to its own organisation."""
    if caller.organisation is not None:
        return found.subscriber == caller.organisation
    return caller.speaks_for(found.buyer)


async def acknowledge_by_link(engine: AsyncEngine, key: str, now: datetime) -> Acknowledgement:
    """Acknowledge as whoever holds the link."""
    async with begin(engine) as tx:
        return await _acknowledge_all(tx, key, partial(_own, means="link", reply=None, now=now))


async def acknowledge_by_request(
    engine: AsyncEngine, key: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Acknowledgement:
    """Acknowledge by a request that is signed with the secret of the webhook it was sent to.

    Raises Refused where it is not, Rejected where it says something else.
    """
    async with begin(engine) as tx:
        # A notification that there is not has no secret: who can't sign learns nothing of it.
        check_signature(await secrets_of(tx, key, now), headers, body, key, now)
        reply = read_request(body)
        return await _acknowledge_all(tx, key, partial(_own, means="request", reply=reply, now=now))


def replies_of(finished: Sequence[Finished]) -> dict[str, Reply]:
    """What receivers said in their answers to have read, by notification."""
    return {
        one.claim.notification_id: reply
        for one in finished
        if one.claim.channel == "webhook" and one.outcome.kind == "delivered"
        if (reply := read_answer(one.outcome.response))
    }


async def acknowledge_by_replies(
    tx: AsyncConnection, replies: Mapping[str, Reply], now: datetime
) -> None:
    """Acknowledge them, in the caller's transaction; notifications and escalations are locked."""
    for key, reply in replies.items():
        word = partial(_own, means="reply", reply=reply, now=now)
        await _acknowledge_all(tx, key, word)


def _own(found: Notification, means: Means, reply: Reply | None, now: datetime) -> Acknowledgement:
    """The word of whoever got it."""
    by = (reply and reply.by) or found.recipient
    return Acknowledgement(found.party, means, by, now)


async def _acknowledge_all(
    tx: AsyncConnection, key: str, word: Callable[[Notification], Acknowledgement]
) -> Acknowledgement:
    """Record it; who acknowledges a digest acknowledges all that it carries."""
    carried = await lock_bundled(tx, key)
    found = await lock_to_acknowledge(tx, [key, *carried])
    if key not in found:
        raise NotKnown(f"there is no notification {key}")
    await lock_escalations(tx, [key])
    counts = await _acknowledge(tx, found[key], word(found[key]))
    for each in carried:
        await _acknowledge(tx, found[each], word(found[each]))
    return counts


async def _acknowledge(
    tx: AsyncConnection, found: Notification, said: Acknowledgement
) -> Acknowledgement:
    """Record it; returns the one that counts, the first in its capacity."""
    key = found.notification_id
    first = next((one for one in found.acknowledgements if one.capacity == said.capacity), None)
    await add_acknowledgement(tx, key, said)
    if first is not None:
        return first
    of_agreement = found.agreement_id  # None: it tells of a subscription, no date to answer for
    if of_agreement and found.recalled_at is None and found.wording != NOT_YOURS:
        event_id = identify(NoticeAcknowledged.TYPE, key, said.capacity)
        fact = _fact(found, said)
        await publish(tx, [(event_id, of_agreement, fact)], said.acknowledged_at)
        await stop_escalation(tx, Key(found.event_id, found.party), "acknowledged")
    logger.info(
        "notification.acknowledged",
        notification_id=key,
        agreement_id=found.agreement_id,
        capacity=said.capacity,
        means=said.means,
    )
    return said


def _fact(found: Notification, said: Acknowledgement) -> NoticeAcknowledged:
    # No person's name: facts are kept for ever.
    return NoticeAcknowledged.model_validate(
        {
            "notification_id": found.notification_id,
            "obligation_id": found.obligation_id,
            "agreement_id": found.agreement_id,
            "buyer": found.buyer,
            "recipient": found.recipient,
            "capacity": said.capacity,
            "channel": found.channel,
            "revision": found.revision,
            "sequence": found.sequence,
            "recorded_at": said.acknowledged_at,
        },
        strict=False,
    )
