"""Raise what is due: once each, however many replicas do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.agreement import Agreement
from services.notify.fact import NoticeFact, raised
from services.notify.metrics import OBLIGATIONS, RAISED_AT
from services.notify.obligation import Due, Held, decide_due
from services.notify.plan import Plans
from services.notify.publish import publish
from services.notify.queries.agreements import lock_with_due
from services.notify.queries.notifications import address_raised, hold_matching, insert_facts
from services.notify.queries.obligations import held_obligations, mark_obligations
from services.notify.queries.suppliers import organisations
from shared.database import begin
from shared.logs import logger

_AT_ONCE = 500


@dataclass(slots=True)
class Raised:
    """What was raised, what was left out and why, and how many notifications that makes."""

    facts: list[NoticeFact] = field(default_factory=list)
    skipped: list[tuple[Held, str]] = field(default_factory=list)
    notifications: int = 0


async def raise_due(engine: AsyncEngine, plans: Plans, today: date, now: datetime) -> Raised:
    """Raise every obligation whose day has come and leave its notifications to be delivered."""
    all_of_it = Raised()
    while some := await _raise_some(engine, plans, today, now):
        all_of_it.facts += some.facts
        all_of_it.skipped += some.skipped
        all_of_it.notifications += some.notifications
    RAISED_AT.set(now.timestamp())
    return all_of_it


async def _raise_some(
    engine: AsyncEngine, plans: Plans, today: date, now: datetime
) -> Raised | None:
    async with begin(engine) as tx:
        await hold_matching(tx)
        locked = await lock_with_due(tx, today, _AT_ONCE)
        if not locked:
            return None
        agreements = {one.history.agreement_id: one.history.on(today) for one in locked}
        held = await held_obligations(tx, agreements)
        due = {key: decide_due(held[key], today) for key in agreements}
        facts = await _facts(tx, agreements, due, plans, today, now)
        skipped = [skip for one in due.values() for skip in one.skip]
        await insert_facts(tx, facts, now)
        await mark_obligations(
            tx,
            [
                *((one.obligation_id, "raised", one.event_id, None) for one in facts),
                *((one.obligation.obligation_id, "skipped", None, why) for one, why in skipped),
            ],
        )
        await publish(tx, [(one.event_id, one.agreement_id, one.fact) for one in facts], now)
        told = await address_raised(tx, [one.obligation_id for one in facts], today, now)
    _record(facts, skipped)
    return Raised(facts, skipped, told)


async def _facts(
    tx: AsyncConnection,
    agreements: Mapping[str, Agreement],
    due: Mapping[str, Due],
    plans: Plans,
    today: date,
    now: datetime,
) -> list[NoticeFact]:
    suppliers = [one.supplier_id for one in agreements.values() if one.supplier_id]
    known = await organisations(tx, suppliers)
    return [
        raised(one, held, known.get(one.supplier_id or ""), plans.of(one.buyer), today, now)
        for one in agreements.values()
        for held in due[one.agreement_id].raise_now
    ]


def _record(facts: Sequence[NoticeFact], skipped: Sequence[tuple[Held, str]]) -> None:
    for held, _ in skipped:
        OBLIGATIONS.labels(held.obligation.kind, "skipped").inc()
    for fact in facts:
        OBLIGATIONS.labels(fact.kind, "raised").inc()
        logger.info(
            "notice.raised",
            event_id=fact.event_id,
            agreement_id=fact.agreement_id,
            obligation_id=fact.obligation_id,
            kind=fact.kind,
        )
