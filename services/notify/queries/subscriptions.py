"""Subscriptions in the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.subscription import Wish
from services.notify.tables import subscriptions


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it stands; its secret is not read back."""

    subscription_id: str
    seq: int
    subscriber: str | None
    supplier_id: str | None
    channel: str
    address: str
    event_types: list[str]
    active: bool
    inactive_reason: str | None
    failures: int
    created_at: datetime


_READ = [column for column in subscriptions.c if column.name != "secret"]


async def active_subscriptions(tx: AsyncConnection) -> list[Subscription]:
    """All that are active, in the order in which they were added."""
    query = select(*_READ).where(subscriptions.c.active).order_by(subscriptions.c.seq)
    return [_subscription(row) for row in await tx.execute(query)]


async def put_subscription(
    tx: AsyncConnection, key: str, wish: Wish, secret: str | None, now: datetime
) -> Subscription | None:
    """Add a subscription, or take up one that had ended; None where it is active already."""
    values = {
        "subscriber": wish.subscriber,
        "supplier_id": str(wish.supplier_id) if wish.supplier_id else None,
        "channel": wish.channel,
        "address": wish.address,
        "event_types": list(wish.event_types),
        "secret": secret,
        "active": True,
        "inactive_reason": None,
        "failures": 0,
        "created_at": now,
    }
    statement = (
        upsert(subscriptions)
        .values(subscription_id=key, **values)
        .on_conflict_do_update(
            index_elements=["subscription_id"], set_=values, where=~subscriptions.c.active
        )
        .returning(*_READ)
    )
    row = (await tx.execute(statement)).one_or_none()
    return _subscription(row) if row else None


async def find_subscription(tx: AsyncConnection, key: str) -> Subscription | None:
    """One subscription, ended or not."""
    row = (
        await tx.execute(select(*_READ).where(subscriptions.c.subscription_id == key))
    ).one_or_none()
    return _subscription(row) if row else None


async def list_subscriptions(
    tx: AsyncConnection, buyers: frozenset[str] | None, after: int, limit: int
) -> list[Subscription]:
    """Subscriptions in the order in which they were added, of those buyers if any are named.

    The contacts that agreements name are left out: nobody subscribed them.
    """
    subscribed = subscriptions.c.subscriber.is_not(None) | subscriptions.c.supplier_id.is_not(None)
    query = select(*_READ).where(subscriptions.c.seq > after).order_by(subscriptions.c.seq)
    query = query.where(subscribed)
    if buyers is not None:
        query = query.where(subscriptions.c.subscriber.in_(buyers))
    rows = await tx.execute(query.limit(limit))
    return [_subscription(row) for row in rows]


def _subscription(row: Any) -> Subscription:
    return Subscription(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
