"""Plan every date that agreements bring, again whenever they change."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.after_end.decide_alarms import alarms_of
from services.notify.notices.notice_followed import turns_on
from services.notify.planning.agreement import AgreementFact, History, apply_all
from services.notify.planning.brought import obligations_to_plan
from services.notify.planning.plan_changes import Changes, Rules
from services.notify.planning.settled import next_turn
from services.notify.queries.agreements import (
    Locked,
    lock_agreements,
    lock_outdated,
    save_agreements,
)
from services.notify.queries.calendars import calendars_in_force
from services.notify.queries.contacts import part_with_provider
from services.notify.queries.notices import last_entries
from services.notify.queries.notifications import hold_matching, lock_notifications
from services.notify.queries.obligations import held_obligations
from services.notify.queries.plans import plans_in_force
from services.notify.telling.recall_notifications import recall_notifications
from shared.database import begin
from shared.inbox import Reject, quarantine
from shared.logs import logger

_AT_ONCE = 500
_FEWER = 8


@dataclass(frozen=True, slots=True)
class Planned:
    """How many agreements were planned, how many facts were known already, how many withdrawn."""

    agreements: int = 0
    known: int = 0
    withdrawn: int = 0


async def plan_obligations(
    engine: AsyncEngine,
    facts: Sequence[AgreementFact],
    rejects: Sequence[Reject],
    today: date,
    now: datetime,
) -> Planned:
    """Apply facts in whatever order they come and plan anew the agreements that they changed."""
    by_agreement: dict[str, list[AgreementFact]] = defaultdict(list)
    for fact in facts:
        by_agreement[str(fact.agreement_id)].append(fact)
    async with begin(engine) as tx:
        await quarantine(tx, rejects, now)
        await hold_matching(tx)
        known = await lock_agreements(tx, by_agreement)
        changed = []
        for key, own in by_agreement.items():
            before = known.get(key)
            after = apply_all(before.history if before else None, own)
            if before is None or after != before.history:
                changed.append(replace(before, history=after) if before else Locked(after))
        rules = await rules_in_force(tx)
        changes = await plan_anew(tx, rules, changed, today, now)
    withdrawn = len(changes.withdrawals)
    return Planned(len(changed), len(by_agreement) - len(changed), withdrawn)


async def plan_outdated(engine: AsyncEngine, today: date, now: datetime) -> int:
    """Plan anew the agreements for which another plan, calendar or other terms are in force.

    Returns how many. One that can't be planned is an error of ours: it is said by its id, and the
    others are planned all the same. Raises ExceptionGroup at the end where there were any.
    """
    count, at_once = 0, _AT_ONCE
    failed: dict[str, Exception] = {}
    while True:
        try:
            planned = await _plan_some(engine, today, now, at_once, failed)
        except _Unplanned as error:
            # Fewer at once, until it stands alone; then as many as before, step by step.
            if len(error.ids) == 1:
                logger.error("agreement.not_planned", agreement_id=error.ids[0], exc_info=error)
                failed[error.ids[0]] = error
            at_once = max(1, len(error.ids) // _FEWER)
            continue
        count += planned
        if planned < at_once:
            break
        at_once = min(_AT_ONCE, at_once * 2)
    if failed:
        raise ExceptionGroup("agreements that could not be planned", list(failed.values()))
    return count


class _Unplanned(Exception):
    """Planning these agreements failed."""

    def __init__(self, ids: list[str]) -> None:
        super().__init__(f"{len(ids)} agreements could not be planned")
        self.ids = ids


async def _plan_some(
    engine: AsyncEngine, today: date, now: datetime, at_once: int, besides: Collection[str]
) -> int:
    async with begin(engine) as tx:
        await hold_matching(tx)
        rules = await rules_in_force(tx)
        outdated = await lock_outdated(tx, *rules, today, at_once, besides)
        try:
            await plan_anew(tx, rules, outdated, today, now)
        except Exception as error:
            raise _Unplanned([one.history.agreement_id for one in outdated]) from error
    return len(outdated)


async def rules_in_force(tx: AsyncConnection) -> Rules:
    """The plans and calendars by which every replica plans; hold the matching first."""
    return Rules(await plans_in_force(tx), await calendars_in_force(tx))


async def plan_anew(
    tx: AsyncConnection, rules: Rules, locked: Sequence[Locked], today: date, now: datetime
) -> Changes:
    """Plan agreements that are locked, and follow their notices, in the caller's transaction."""
    changes = Changes(rules, today, now)
    if not locked:
        return changes
    histories = [one.history for one in locked]
    ids = [one.agreement_id for one in histories]
    held = await held_obligations(tx, ids)
    notices = await last_entries(tx, ids)
    brought = {
        one.agreement_id: obligations_to_plan(
            one, rules.plans.of(one.buyer), rules.calendars, today
        )
        for one in histories
    }
    alarms = await alarms_of(tx, histories, rules.plans, today)
    turns = {
        key: [turns_on([one.notice for one in notices[key]], today), next_turn(brought[key], today)]
        for key in ids
    }
    await save_agreements(tx, histories, *rules, today, turns)
    moved = {one.history.agreement_id: one.history for one in locked if _moved(one, today)}
    await lock_notifications(tx, ids)
    # First of all, so that a former provider is not told how the agreement stands now.
    await part_with_provider(tx, {key: _in_force_since(one, today) for key, one in moved.items()})
    await recall_notifications(tx, list(moved), now)
    for one in locked:
        key = one.history.agreement_id
        changes.add(one, brought[key], held[key], notices[key], alarms[key], moved=key in moved)
    await changes.write(tx)
    return changes


def _moved(locked: Locked, today: date) -> bool:
    """Whether the agreement is with another provider than when it was last planned."""
    before, after = locked.supplier_id, locked.history.on(today).supplier_id
    return before is not None and before != after


def _in_force_since(history: History, today: date) -> date:
    """The day from which the terms of today hold."""
    return max((t.effective_on for t in history.terms if t.effective_on <= today), default=today)
