"""Raise what is due: once each, however many replicas do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.metrics import OBLIGATIONS, RAISED_AT
from services.notify.planning.obligation import Held
from services.notify.planning.plan import Plans
from services.notify.publish import publish
from services.notify.queries.agreements import Locked, lock_with_due, save_positions
from services.notify.queries.contacts_told import address_contacts
from services.notify.queries.notifications import address_raised, hold_matching, insert_facts
from services.notify.queries.obligations import held_obligations, mark_obligations
from services.notify.queries.plans import plans_in_force
from services.notify.queries.suppliers import organisations
from services.notify.telling.due import Due, decide_due
from services.notify.telling.fact import NoticeFact, Position, raised
from shared.database import begin
from shared.logs import logger

_AT_ONCE = 500


@dataclass(slots=True)
class Raised:
    """What was raised, what was left out and why, and how many notifications that makes."""

    facts: list[NoticeFact] = field(default_factory=list)
    skipped: list[tuple[Held, str]] = field(default_factory=list)
    notifications: int = 0


async def raise_due(engine: AsyncEngine, today: date, now: datetime) -> Raised:
    """Raise every obligation whose day has come and leave its notifications to be delivered."""
    all_of_it = Raised()
    while some := await _raise_some(engine, today, now):
        all_of_it.facts += some.facts
        all_of_it.skipped += some.skipped
        all_of_it.notifications += some.notifications
    RAISED_AT.set(now.timestamp())
    return all_of_it


async def _raise_some(engine: AsyncEngine, today: date, now: datetime) -> Raised | None:
    async with begin(engine) as tx:
        await hold_matching(tx)
        locked = await lock_with_due(tx, today, _AT_ONCE)
        if not locked:
            return None
        plans = await plans_in_force(tx)
        held = await held_obligations(tx, [one.history.agreement_id for one in locked])
        due = {key: decide_due(of_it, today) for key, of_it in held.items()}
        facts = await _facts(tx, locked, due, plans, today, now)
        skipped = [skip for one in due.values() for skip in one.skip]
        await insert_facts(tx, facts, now)
        last = {f.agreement_id: Position(f.fact.revision, f.fact.sequence) for f in facts}
        await save_positions(tx, last)
        await mark_obligations(
            tx,
            [
                *((one.obligation_id, "raised", one.event_id, None) for one in facts),
                *((one.obligation.obligation_id, "skipped", None, why) for one, why in skipped),
            ],
        )
        await publish(tx, [(one.event_id, one.agreement_id, one.fact) for one in facts], now)
        raised_now = [one.obligation_id for one in facts]
        told = await address_raised(tx, raised_now, today, now)
        told += await address_contacts(tx, raised_now, today, now)
    _record(facts, skipped)
    return Raised(facts, skipped, told)


async def _facts(
    tx: AsyncConnection,
    locked: Sequence[Locked],
    due: Mapping[str, Due],
    plans: Plans,
    today: date,
    now: datetime,
) -> list[NoticeFact]:
    standing = [(one.history.on(today), one.last) for one in locked]
    known = await organisations(tx, [one.supplier_id for one, _ in standing if one.supplier_id])
    facts = []
    for agreement, (revision, sequence) in standing:
        organisation = known.get(agreement.supplier_id or "")
        plan = plans.of(agreement.buyer)
        of_it = due[agreement.agreement_id]
        for place, held in enumerate(of_it.raise_now, sequence + 1):
            at, stands = Position(revision, place), of_it.stands(held)
            facts.append(raised(agreement, held, organisation, plan, at, today, now, stands=stands))
    return facts


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
