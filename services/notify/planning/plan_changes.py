"""What new plans of agreements change: gathered for many, so that it is written at once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.dates.bank_holidays import Calendars
from services.notify.metrics import OBLIGATIONS
from services.notify.notices.notice_fact import notice_recorded
from services.notify.notices.notice_followed import follow
from services.notify.planning.agreement import History
from services.notify.planning.brought import short_notices
from services.notify.planning.obligation import (
    Held,
    Obligation,
    Revision,
    revise,
)
from services.notify.planning.over import ask_over
from services.notify.planning.plan import Plans
from services.notify.planning.settled import settled
from services.notify.planning.withdrawal import why_withdrawn
from services.notify.publish import Published, publish
from services.notify.queries.agreements import NEVER, Locked, save_positions
from services.notify.queries.escalations import (
    escalated_events,
    resume_escalations,
    stop_escalations,
)
from services.notify.queries.notices import Entry, add_entries
from services.notify.queries.notifications import cancel_waiting, insert_facts, take_back
from services.notify.queries.obligations import (
    amend_obligations,
    delete_obligations,
    insert_planned,
    mark_obligations,
    reopen_obligations,
)
from services.notify.telling.fact import NoticeFact, Position, withdrawn
from shared.events import ObligationsPlanned
from shared.identity import identify
from shared.logs import logger

_THIS_SERVICE = "notify"


class Rules(NamedTuple):
    """By what agreements are planned."""

    plans: Plans
    calendars: Calendars


class Changes:
    """What the new plans of many agreements change, gathered so that it is written at once."""

    def __init__(self, rules: Rules, today: date, now: datetime) -> None:
        self._rules = rules
        self._today = today
        self._now = now
        self._published: list[Published] = []
        self._revisions: list[Revision] = []
        self._planned: list[tuple[Obligation, int]] = []
        self._reopened: list[tuple[Obligation, int]] = []
        self._entries: list[Entry] = []
        self._last: dict[str, Position] = {}
        self.withdrawals: list[tuple[Held, NoticeFact]] = []

    def add(
        self,
        locked: Locked,
        brought: Sequence[Obligation],
        held: Sequence[Held],
        notices: Sequence[Entry],
        alarms: Sequence[Obligation],
        *,
        moved: bool,
    ) -> None:
        """Plan one agreement; it may have `moved` to another provider.

        `brought` is what it brings by its terms, `held` what stands of that, `notices` are its own,
        and `alarms` that it is paid after its end.
        A plan that says what the last one said is not published again, unless a newer version of
        the agreement is known.
        """
        history = locked.history
        agreement = history.on(self._today)
        followed = self._follow(history, notices)
        standing = [one[-1].notice for one in followed.values()]
        of_no_use = settled(brought, standing, self._today)
        wanted = [one for one in brought if one.obligation_id not in of_no_use]
        wanted += [*short_notices(agreement, standing), *alarms]
        first = locked.last == NEVER
        wanted += ask_over(agreement, held, standing, self._today, first=first)
        revision = revise(
            held,
            wanted,
            today=self._today,
            ran_its_course=agreement.ran_its_course,
            moved=moved,
            settled=of_no_use,
        )
        last = locked.last
        told = {one.obligation.obligation_id for one in held if one.state == "raised"}
        # What was over before anybody was told is skipped, and no date to look forward to.
        shown = [o for o in wanted if o.end >= self._today or o.obligation_id in told]
        if revision != Revision() or history.version > locked.version:
            last = self._plan(history, last.revision + 1, shown, revision, moved=moved)
        steps = [entry for one in followed.values() for entry in one[1:]]
        for sequence, entry in enumerate(steps, last.sequence + 1):
            last = Position(last.revision, sequence)
            self._published.append(notice_recorded(entry, last))
        self._entries += steps
        if last != locked.last:
            self._last[agreement.agreement_id] = last

    def last_of(self, locked: Locked) -> Position:
        """The position of the last fact of an agreement that was planned here."""
        return self._last.get(locked.history.agreement_id, locked.last)

    def _plan(
        self,
        history: History,
        number: int,
        wanted: Sequence[Obligation],
        revision: Revision,
        *,
        moved: bool,
    ) -> Position:
        """Gather the `number`th plan with what it takes back; returns the position of the plan."""
        agreement = history.on(self._today)
        plan = self._rules.plans.of(history.buyer)
        self._revisions.append(revision)
        self._planned += [(one, number) for one in revision.plan]
        self._reopened += [(one, number) for one in revision.reopen]
        for sequence, one in enumerate(revision.withdraw, 1):
            reason = why_withdrawn(history, one.obligation, self._today, moved=moved)
            withdrawal = withdrawn(
                agreement, one.obligation, reason, Position(number, sequence), plan, self._now
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
        last = Position(number, len(revision.withdraw) + 1)
        fact = obligations_planned(history, last, wanted, self._now)
        self._published.append((plan_id, agreement.agreement_id, fact))
        return last

    def _follow(self, history: History, notices: Sequence[Entry]) -> dict[str, list[Entry]]:
        """Each notice as it stood, and the steps that follow by themselves."""
        followed = {}
        for known in notices:
            steps = follow(known.notice, history, self._rules.calendars, self._today)
            followed[known.notice.notice_id] = [
                known,
                *(
                    Entry(notice, number, step, _THIS_SERVICE, self._now)
                    for number, (step, notice) in enumerate(steps, known.number + 1)
                ),
            ]
        return followed

    async def write(self, tx: AsyncConnection) -> None:
        """Write obligations, take back what no longer holds, and publish."""
        now = self._now
        await save_positions(tx, self._last)
        await add_entries(tx, self._entries)
        dropped = [h.obligation.obligation_id for r in self._revisions for h in r.drop]
        await delete_obligations(tx, dropped)
        await amend_obligations(tx, [o for r in self._revisions for o in r.amend])
        closed = [h for r in self._revisions for h in r.close]
        done = [h for r in self._revisions for h in r.settle]
        restored = [h for r in self._revisions for h in r.restore]
        await mark_obligations(
            tx,
            [
                *_marks(closed, "closed", "the agreement ran its course"),
                *_marks(done, "closed", "nothing is left to do about it"),
                *_marks(restored, "raised", None),
                *(
                    (held.obligation.obligation_id, "withdrawn", None, fact.words["reason"])
                    for held, fact in self.withdrawals
                ),
            ],
        )
        await insert_planned(tx, self._planned)
        # After the marks: what was told under another provider is withdrawn and planned at once.
        await reopen_obligations(tx, self._reopened)
        ended = [h.event_id for h in (*closed, *done) if h.event_id]
        of_event = {h.event_id: fact for h, fact in self.withdrawals if h.event_id}
        escalated = await escalated_events(tx, [*ended, *of_event])
        await cancel_waiting(tx, [*ended, *(e for key in ended for e in escalated.get(key, ()))])
        await stop_escalations(tx, ended, "closed")
        await stop_escalations(tx, list(of_event), "withdrawn")
        await resume_escalations(tx, [h.event_id for h in restored if h.event_id], now)
        facts = [fact for _, fact in self.withdrawals]
        await insert_facts(tx, facts, now)
        told = [
            (event, fact)
            for key, fact in of_event.items()
            for event in (key, *escalated.get(key, ()))
        ]
        await take_back(tx, told, now)
        taken_back = ((one.event_id, one.agreement_id, one.fact) for one in facts)
        await publish(tx, [*taken_back, *self._published], now)


def _marks(
    held: Sequence[Held], state: str, reason: str | None
) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.obligation.obligation_id, state, None, reason) for one in held]


def obligations_planned(
    history: History, position: Position, obligations: Sequence[Obligation], now: datetime
) -> ObligationsPlanned:
    """The plan as a fact."""
    return ObligationsPlanned.model_validate(
        {
            "agreement_id": history.agreement_id,
            "buyer": history.buyer,
            "version": history.version,
            **position._asdict(),
            "obligations": [
                {
                    "obligation_id": one.obligation_id,
                    "kind": one.kind,
                    "due_on": one.due_on,
                    "stage": one.stage,
                    "rule": one.rule,
                    "send_by": [each._asdict() for each in one.send_by],
                }
                for one in obligations
            ],
            "recorded_at": now,
        },
        strict=False,
    )
