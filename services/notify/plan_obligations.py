"""Plan every date that agreements bring, again whenever they change."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.notify.agreement import Agreement, AgreementFact, History, apply_all
from services.notify.dates.bank_holidays import Calendars
from services.notify.fact import NoticeFact, Place, withdrawn
from services.notify.metrics import OBLIGATIONS
from services.notify.obligation import (
    Held,
    Obligation,
    Revision,
    obligations_to_plan,
    revise,
)
from services.notify.plan import Plans
from services.notify.publish import Published, publish
from services.notify.queries.agreements import (
    Locked,
    lock_agreements,
    lock_outdated,
    save_agreements,
    save_places,
)
from services.notify.queries.calendars import calendars_in_force
from services.notify.queries.notifications import (
    cancel_waiting,
    hold_matching,
    insert_facts,
    lock_notifications,
    take_back,
)
from services.notify.queries.obligations import (
    amend_obligations,
    delete_obligations,
    held_obligations,
    insert_planned,
    mark_obligations,
)
from services.notify.queries.plans import plans_in_force
from services.notify.recall_notifications import recall_notifications
from services.notify.withdrawal import why_withdrawn
from shared.database import begin
from shared.events import ObligationsPlanned
from shared.identity import identify
from shared.inbox import Reject, quarantine
from shared.logs import logger

_AT_ONCE = 500


class Rules(NamedTuple):
    """By what agreements are planned."""

    plans: Plans
    calendars: Calendars


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
        rules = await _rules_in_force(tx)
        withdrawn_count = await _plan(tx, rules, changed, today, now)
    return Planned(len(changed), len(by_agreement) - len(changed), withdrawn_count)


async def plan_outdated(engine: AsyncEngine, today: date, now: datetime) -> int:
    """Plan anew the agreements for which another plan, calendar or other terms are in force.

    Returns how many.
    """
    count = 0
    while True:
        async with begin(engine) as tx:
            await hold_matching(tx)
            rules = await _rules_in_force(tx)
            outdated = await lock_outdated(tx, *rules, today, _AT_ONCE)
            await _plan(tx, rules, outdated, today, now)
        count += len(outdated)
        if len(outdated) < _AT_ONCE:
            return count


async def _rules_in_force(tx: AsyncConnection) -> Rules:
    return Rules(await plans_in_force(tx), await calendars_in_force(tx))


async def _plan(
    tx: AsyncConnection, rules: Rules, locked: Sequence[Locked], today: date, now: datetime
) -> int:
    if not locked:
        return 0
    histories = [one.history for one in locked]
    held = await held_obligations(tx, [one.agreement_id for one in histories])
    await save_agreements(tx, histories, *rules, today)
    moved = {one.history.agreement_id for one in locked if _moved(one, today)}
    await lock_notifications(tx, [one.agreement_id for one in histories])
    # First of all, so that a former provider is not told how the agreement stands now.
    await recall_notifications(tx, list(moved), now)
    changes = Changes(rules, today, now)
    for one in locked:
        key = one.history.agreement_id
        rose = one.history.version > one.version
        number = one.last.revision + 1
        changes.add(one.history, number, held[key], moved=key in moved, rose=rose)
    await changes.write(tx)
    return len(changes.withdrawals)


def _moved(locked: Locked, today: date) -> bool:
    """Whether the agreement is with another provider than when it was last planned."""
    before, after = locked.supplier_id, locked.history.on(today).supplier_id
    return before is not None and before != after


class Changes:
    """What the new plans of many agreements change, gathered so that it is written at once."""

    def __init__(self, rules: Rules, today: date, now: datetime) -> None:
        self._rules = rules
        self._today = today
        self._now = now
        self._published: list[Published] = []
        self._revisions: list[Revision] = []
        self._planned: list[tuple[Obligation, int]] = []
        self._last: dict[str, Place] = {}
        self.withdrawals: list[tuple[Held, NoticeFact]] = []

    def add(
        self, history: History, number: int, held: Sequence[Held], *, moved: bool, rose: bool
    ) -> None:
        """Plan one agreement; it may have `moved` to another provider, or its version `rose`.

        A plan that says what the last one said is not published again; any other is the `number`th.
        """
        agreement = history.on(self._today)
        plan = self._rules.plans.of(history.buyer)
        wanted = obligations_to_plan(history, plan, self._rules.calendars, self._today)
        revision = revise(held, wanted, ran_its_course=_ran_its_course(agreement), moved=moved)
        if revision == Revision() and not rose:
            return
        self._revisions.append(revision)
        self._planned += [(one, number) for one in (*revision.plan, *revision.reopen)]
        for sequence, one in enumerate(revision.withdraw, 1):
            reason = why_withdrawn(history, one.obligation, self._today, moved=moved)
            withdrawal = withdrawn(
                agreement, one.obligation, reason, Place(number, sequence), plan, self._now
            )
            self.withdrawals.append((one, withdrawal))
            OBLIGATIONS.labels(one.obligation.kind, "withdrawn").inc()
            logger.info(
                "notice.withdrawn",
                agreement_id=agreement.agreement_id,
                event_id=withdrawal.event_id,
                obligation_id=withdrawal.obligation_id,
            )
        plan_id = identify(ObligationsPlanned.TYPE, agreement.agreement_id, str(number))
        last = Place(number, len(revision.withdraw) + 1)
        fact = obligations_planned(history, last, wanted, self._now)
        self._last[agreement.agreement_id] = last
        self._published.append((plan_id, agreement.agreement_id, fact))

    async def write(self, tx: AsyncConnection) -> None:
        """Write obligations, take back what no longer holds, and publish."""
        now = self._now
        await save_places(tx, self._last)
        dropped = [h.obligation.obligation_id for r in self._revisions for h in r.drop]
        await delete_obligations(tx, dropped)
        await amend_obligations(tx, [o for r in self._revisions for o in r.amend])
        closed = [h for r in self._revisions for h in r.close]
        restored = [h for r in self._revisions for h in r.restore]
        await mark_obligations(
            tx,
            [
                *_marks(closed, "closed", "the agreement ran its course"),
                *_marks(restored, "raised", None),
                *(
                    (held.obligation.obligation_id, "withdrawn", None, fact.words["reason"])
                    for held, fact in self.withdrawals
                ),
            ],
        )
        # After the marks: what was told under another provider is withdrawn and planned at once.
        await insert_planned(tx, self._planned)
        await cancel_waiting(tx, [h.event_id for h in closed if h.event_id])
        facts = [fact for _, fact in self.withdrawals]
        await insert_facts(tx, facts, now)
        await take_back(tx, [(h.event_id, fact) for h, fact in self.withdrawals if h.event_id], now)
        taken_back = ((one.event_id, one.agreement_id, one.fact) for one in facts)
        await publish(tx, [*taken_back, *self._published], now)


def _marks(
    held: Sequence[Held], state: str, reason: str | None
) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.obligation.obligation_id, state, None, reason) for one in held]


def _ran_its_course(agreement: Agreement) -> bool:
    return (
        agreement.ended_on is not None
        and agreement.end is not None
        and agreement.ended_on >= agreement.end
    )


def obligations_planned(
    history: History, place: Place, obligations: Sequence[Obligation], now: datetime
) -> ObligationsPlanned:
    """The plan as a fact."""
    return ObligationsPlanned.model_validate(
        {
            "agreement_id": history.agreement_id,
            "buyer": history.buyer,
            "version": history.version,
            **place._asdict(),
            "obligations": [
                {
                    "obligation_id": one.obligation_id,
                    "kind": one.kind,
                    "due_on": one.due_on,
                    "stage": one.stage,
                    "rule": one.rule,
                }
                for one in obligations
            ],
            "recorded_at": now,
        },
        strict=False,
    )
