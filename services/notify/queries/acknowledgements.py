"""Acknowledging a notification: what its webhooks are signed by, and the word that it was read."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.acknowledgements.notification import Acknowledgement
from services.notify.subscriptions.secret import Secrets
from services.notify.tables import acknowledgements, notifications, subscriptions

_n, _s = notifications.c, subscriptions.c


async def secrets_of(tx: AsyncConnection, key: str, now: datetime) -> Sequence[str]:
    """What signs the webhooks of the subscription that a notification is for, now."""
    query = (
        select(_s.secret, _s.previous_secret, _s.previous_secret_until)
        .join(notifications, _n.subscription_id == _s.subscription_id)
        .where(_n.notification_id == key, _s.secret.is_not(None))
    )
    row = (await tx.execute(query)).one_or_none()
    return Secrets(*row).valid(now) if row else ()


async def add_acknowledgement(
    tx: AsyncConnection, key: str, acknowledgement: Acknowledgement
) -> None:
    """Note that a notification was read; one that still waits needs no more attempts.

    The same word of the same person by the same means is noted once.
    """
    await tx.execute(
        insert(acknowledgements)
        .values(notification_id=key, **asdict(acknowledgement))
        .on_conflict_do_nothing()
    )
    await tx.execute(
        update(notifications)
        .where(_n.notification_id == key, _n.acknowledged_at.is_(None))
        .values(acknowledged_at=acknowledgement.acknowledged_at)
    )
    await tx.execute(
        update(notifications)
        .where(
            _n.notification_id == key,
            _n.state.in_(("pending", "held", "gathered", "bundled", "sent", "failed")),
        )
        .values(state="delivered")
    )
