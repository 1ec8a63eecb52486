"""Subscriptions in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.subscriptions.preferences import Preferences
from services.notify.subscriptions.secret import Secrets
from services.notify.subscriptions.subscription import Wish
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
    preferences: Preferences
    previous_secret_until: datetime | None
    active: bool
    inactive_reason: str | None
    inactive_by: str | None
    inactive_since: datetime | None
    failures: int
    failing_since: datetime | None
    last_failed_at: datetime | None
    version: int
    created_at: datetime


_SECRET = ("secret", "previous_secret")
_READ = [column for column in subscriptions.c if column.name not in _SECRET]


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
        "preferences": _kept(wish.preferences),
        "secret": secret,
        "previous_secret": None,
        "previous_secret_until": None,
        "active": True,
        "inactive_reason": None,
        "inactive_by": None,
        "inactive_since": None,
        "failures": 0,
        "failing_since": None,
        "last_failed_at": None,
        "created_at": now,
    }
    statement = (
        upsert(subscriptions)
        .values(subscription_id=key, version=1, **values)
        .on_conflict_do_update(
            index_elements=["subscription_id"],
            set_=values | {"version": subscriptions.c.version + 1},
            where=~subscriptions.c.active,
        )
        .returning(*_READ)
    )
    row = (await tx.execute(statement)).one_or_none()
    return _subscription(row) if row else None


async def find_subscription(
    tx: AsyncConnection, key: str, *, lock: bool = False
) -> Subscription | None:
    """One subscription, ended or not; locked until commit where that is asked."""
    query = select(*_READ).where(subscriptions.c.subscription_id == key)
    if lock:
        query = query.with_for_update(key_share=True)
    row = (await tx.execute(query)).one_or_none()
    return _subscription(row) if row else None


async def secrets_of(tx: AsyncConnection, key: str) -> Secrets | None:
    """What signs the webhooks of a subscription; None where nothing does."""
    columns = subscriptions.c
    query = select(columns.secret, columns.previous_secret, columns.previous_secret_until)
    row = (await tx.execute(query.where(columns.subscription_id == key))).one()
    return Secrets(*row) if row.secret else None


async def put_secrets(tx: AsyncConnection, key: str, new: Secrets) -> None:
    """Sign with these from now on."""
    await tx.execute(
        update(subscriptions)
        .where(subscriptions.c.subscription_id == key)
        .values(
            secret=new.current,
            previous_secret=new.previous,
            previous_secret_until=new.previous_until,
        )
    )


async def put_change(
    tx: AsyncConnection, key: str, event_types: Sequence[str], preferences: Preferences
) -> None:
    """Tell a subscription of these, and so, from now on."""
    columns = subscriptions.c
    await tx.execute(
        update(subscriptions)
        .where(columns.subscription_id == key)
        .values(
            event_types=list(event_types),
            preferences=_kept(preferences),
            version=columns.version + 1,
        )
    )


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
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    said = values.pop("preferences")
    preferences = Preferences.model_validate_json(said) if said else Preferences()
    return Subscription(**values, preferences=preferences)


def _kept(preferences: Preferences) -> str | None:
    return None if preferences == Preferences() else preferences.model_dump_json()
