"""Notifications as people see them: with their acknowledgements and their attempts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.acknowledgements.notification import (
    Acknowledgement,
    Attempt,
    Notification,
    SeenState,
)
from services.notify.tables import (
    acknowledgements,
    agreements,
    contacts,
    deliveries,
    facts,
    notifications,
    subscriptions,
    suppliers,
)


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


_n, _s, _a = notifications.c, subscriptions.c, agreements.c
_JOINED = (
    notifications.join(facts, facts.c.event_id == _n.event_id)
    .join(subscriptions, _s.subscription_id == _n.subscription_id)
    .outerjoin(contacts, contacts.c.subscription_id == _n.subscription_id)
    .outerjoin(agreements, _a.agreement_id == _n.agreement_id)
    .outerjoin(suppliers, suppliers.c.supplier_id == _a.supplier_id)
)
_PARTY = func.coalesce(
    contacts.c.party, case((_s.subscriber == _n.buyer, "buyer"), else_="provider")
).label("party")
# An org-id, or the id of a supplier that matched no organisation; for a contact, that of its side.
_RECIPIENT = func.coalesce(
    _s.subscriber,
    cast(_s.supplier_id, Text),
    case((contacts.c.party == "buyer", _n.buyer)),
    suppliers.c.organisation,
    cast(_a.supplier_id, Text),
).label("recipient")


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
        _RECIPIENT,
        _PARTY,
        _s.subscriber,
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


async def lock_to_acknowledge(tx: AsyncConnection, keys: Sequence[str]) -> dict[str, Notification]:
    """Notifications by id, locked for this transaction, without their attempts; all at once."""
    query = _select().where(_n.notification_id.in_(keys)).order_by(_n.seq)
    rows = (await tx.execute(query.with_for_update(of=notifications))).all()
    said = await _acknowledgements(tx, keys)
    return {row.notification_id: _notification(row, said[row.notification_id], []) for row in rows}


async def find_notification(tx: AsyncConnection, key: str) -> Notification | None:
    """One notification, with its attempts."""
    row = (await tx.execute(_select().where(_n.notification_id == key))).one_or_none()
    if row is None:
        return None
    said, made = await _acknowledgements(tx, [key]), await _attempts(tx, [key])
    return _notification(row, said[key], made[key])


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
