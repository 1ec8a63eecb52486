"""Tell others where nobody acknowledges: each step once, however many replicas look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.escalation.escalation import Over, Step, decide
from services.notify.escalation.escalation_fact import escalated
from services.notify.metrics import ESCALATIONS
from services.notify.planning.plan_obligations import rules_in_force
from services.notify.publish import publish
from services.notify.queries.due_escalations import Due, Taken, lock_due, save_decisions
from services.notify.queries.escalations import Key
from services.notify.queries.notifications import (
    Addressed,
    hold_matching,
    insert_facts,
    insert_notifications,
    notification_id,
)
from shared.database import begin
from shared.events import NotificationEscalated
from shared.logs import logger

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Escalated:
    """Steps that were taken, and the notifications that they made."""

    steps: int = 0
    notifications: int = 0


async def escalate_unacknowledged(engine: AsyncEngine, now: datetime) -> Escalated:
    """Take every step whose time has come; what was acknowledged or withdrawn is left."""
    steps = notifications = 0
    while True:
        looked_at, taken = await _escalate_some(engine, now)
        steps += len(taken)
        notifications += sum(len(one.notification_ids) for one in taken)
        if looked_at < _AT_ONCE:
            return Escalated(steps, notifications)


async def _escalate_some(engine: AsyncEngine, now: datetime) -> tuple[int, list[Taken]]:
    async with begin(engine) as tx:
        await hold_matching(tx)
        due = await lock_due(tx, now, _AT_ONCE, NotificationEscalated.TYPE)
        if not due:
            return 0, []
        rules = await rules_in_force(tx)
        over: list[tuple[Key, Over]] = []
        later: list[tuple[Key, datetime]] = []
        steps: list[tuple[Due, Step]] = []
        for one in due:
            plan = rules.plans.of(one.told.buyer)
            decision = decide(one.chain, one.reachable, plan, rules.calendars, now)
            if isinstance(decision, Step):
                steps.append((one, decision))
            elif isinstance(decision, datetime):
                later.append((one.key, decision))
            else:
                over.append((one.key, decision))
        taken = await _take(tx, steps, now)
        await save_decisions(tx, over, later, taken, now)
    for step in taken:
        ESCALATIONS.labels(step.target).inc()
        logger.info(
            "notification.escalated",
            event_id=step.key.event_id,
            party=step.key.party,
            step=step.number,
            target=step.target,
            reason=step.reason,
            notifications=len(step.notification_ids),
        )
    return len(due), taken


async def _take(
    tx: AsyncConnection, steps: Sequence[tuple[Due, Step]], now: datetime
) -> list[Taken]:
    """Publish each step and leave what it tells to be delivered."""
    facts = [
        (one, step, escalated(one.told, one.chain, one.steps + 1, step, now)) for one, step in steps
    ]
    await publish(tx, [(fact.event_id, fact.agreement_id, fact.fact) for *_, fact in facts], now)
    # The officers are told that nobody acknowledged; everyone else what was told before.
    to_officers = [fact for _, step, fact in facts if step.target == "officers"]
    await insert_facts(tx, to_officers, now)
    taken, addressed = [], []
    for one, step, fact in facts:
        told = fact.event_id if step.target == "officers" else one.key.event_id
        to = [
            Addressed(
                told, subscription, one.told.obligation_id, one.told.agreement_id, one.told.buyer
            )
            for subscription in step.subscriptions
        ]
        addressed += to
        ids = [notification_id(each) for each in to]
        taken.append(Taken(one.key, one.steps + 1, step.target, step.reason, fact.event_id, ids))
    await insert_notifications(tx, addressed, now)
    return taken
