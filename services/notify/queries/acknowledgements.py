"""Notifications as people see them: acknowledged, and listed with their attempts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.tables import (
    acknowledgements,
    deliveries,
    facts,
    notifications,
    subscriptions,
)

SeenState = Literal[
    "pending",
    "held",
    "gathered",
    "bundled",
    "sent",
    "delivered",
    "acknowledged",
    "failed",
    "cancelled",
]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt; its `outcome` is `started` while, or wherever, it is not known.

    Where `report` is not 0 it is what was heard of the attempt later.
    """

    attempt: int
    report: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    status: int | None
    detail: str
    response: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who said in which capacity that a message was read, and when first."""

    capacity: str
    acknowledged_at: datetime
    acknowledged_by: str


@dataclass(frozen=True, slots=True)
class Notification:
    """A message to one recipient."""

    notification_id: str
    seq: int
    event_id: str
    event_type: str
    obligation_id: str | None
    agreement_id: str | None
    buyer: str
    subscription_id: str
    subscriber: str | None
    supplier_id: str | None
    channel: str
    state: str
    created_at: datetime
    next_attempt_at: datetime | None
    acknowledged_at: datetime | None
    recalled_at: datetime | None
    sending_rule: str | None
    digest_id: str | None
    wording: str
    revision: int
    sequence: int
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def recipient(self) -> str:
        """Whom it is for: an org-id, or the id of a supplier that matched no organisation."""
        return self.subscriber or str(self.supplier_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notifications are asked for; those written from `since` on and before `until`."""

    agreement_id: str | None = None
    subscription_id: str | None = None
    subscriber: str | None = None
    buyer: str | None = None
    state: SeenState | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What a notification must meet."""
        found = [
            column == value
            for column, value in (
                (_n.agreement_id, self.agreement_id),
                (_n.subscription_id, self.subscription_id),
                (_s.subscriber, self.subscriber),
                (_n.buyer, self.buyer),
            )
            if value is not None
        ]
        if self.state == "acknowledged":
            found.append(_n.acknowledged_at.is_not(None))
        elif self.state is not None:
            found += [_n.state == self.state, _n.acknowledged_at.is_(None)]
        if self.since is not None:
            found.append(_n.created_at >= self.since)
        if self.until is not None:
            found.append(_n.created_at < self.until)
        return found


_n, _s = notifications.c, subscriptions.c
_JOINED = notifications.join(facts, facts.c.event_id == _n.event_id).join(
    subscriptions, _s.subscription_id == _n.subscription_id
)


def _select() -> Select[Any]:
    return select(
        _n.notification_id,
        _n.seq,
        _n.event_id,
        facts.c.event_type,
        _n.obligation_id,
        _n.agreement_id,
        _n.buyer,
        _n.subscription_id,
        _s.subscriber,
        _s.supplier_id,
        _s.channel,
        _n.state,
        _n.created_at,
        _n.next_attempt_at,
        _n.acknowledged_at,
        _n.recalled_at,
        _n.sending_rule,
        _n.digest_id,
        facts.c.wording,
        facts.c.revision,
        facts.c.sequence,
    ).select_from(_JOINED)


async def lock_notification(tx: AsyncConnection, key: str) -> Notification | None:
    """One notification, locked for this transaction."""
    query = _select().where(_n.notification_id == key).with_for_update(of=notifications)
    return await _one(tx, query)


async def find_notification(tx: AsyncConnection, key: str) -> Notification | None:
    """One notification."""
    return await _one(tx, _select().where(_n.notification_id == key))


async def _one(tx: AsyncConnection, query: Select[Any]) -> Notification | None:
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        return None
    said = await _acknowledgements(tx, [row.notification_id])
    return _notification(row, said[row.notification_id], [])


async def add_acknowledgement(
    tx: AsyncConnection, key: str, acknowledgement: Acknowledgement
) -> None:
    """Note that a notification was read; one that still waits needs no more attempts."""
    await tx.execute(
        insert(acknowledgements).values(notification_id=key, **asdict(acknowledgement))
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


async def list_notifications(
    tx: AsyncConnection,
    wanted: Wanted,
    *,
    buyers: frozenset[str] | None,
    before: int | None,
    limit: int,
) -> list[Notification]:
    """Notifications with their attempts, newest first, older than `before`."""
    query = _select().order_by(_n.seq.desc()).limit(limit)
    query = query.where(*wanted.conditions())
    if buyers is not None:
        query = query.where(_n.buyer.in_(buyers))
    if before is not None:
        query = query.where(_n.seq < before)
    rows = (await tx.execute(query)).all()
    ids = [row.notification_id for row in rows]
    said, made = await _acknowledgements(tx, ids), await _attempts(tx, ids)
    return [
        _notification(row, said[row.notification_id], made[row.notification_id]) for row in rows
    ]


async def _acknowledgements(
    tx: AsyncConnection, ids: Sequence[str]
) -> dict[str, list[Acknowledgement]]:
    query = (
        select(acknowledgements)
        .where(acknowledgements.c.notification_id.in_(ids))
        .order_by(acknowledgements.c.acknowledged_at)
    )
    found: dict[str, list[Acknowledgement]] = defaultdict(list)
    for row in await tx.execute(query):
        key, *acknowledgement = row
        found[key].append(Acknowledgement(*acknowledgement))
    return found


async def _attempts(tx: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Attempt]]:
    query = (
        select(deliveries)
        .where(deliveries.c.notification_id.in_(ids))
        .order_by(deliveries.c.attempt, deliveries.c.report)
    )
    found: dict[str, list[Attempt]] = defaultdict(list)
    for row in await tx.execute(query):
        key, *attempt = row
        found[key].append(Attempt(*attempt))
    return found


def _notification(row: Any, said: list[Acknowledgement], attempts: list[Attempt]) -> Notification:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    if values["state"] not in ("pending", "gathered"):
        values["next_attempt_at"] = None
    if values["acknowledged_at"] is not None:
        values["state"] = "acknowledged"
    return Notification(**values, acknowledgements=said, attempts=attempts)
