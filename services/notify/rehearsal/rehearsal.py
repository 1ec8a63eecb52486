"""What one agreement would bring from day to day, as it is known now: in memory, untold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from services.notify.dates.bank_holidays import Calendars
from services.notify.notices.notice import Notice
from services.notify.notices.notice_followed import follow, turns_on
from services.notify.planning.agreement import History
from services.notify.planning.brought import obligations_to_plan, short_notices
from services.notify.planning.obligation import Held, Obligation, Revision, State, revise
from services.notify.planning.over import ask_over
from services.notify.planning.plan import Plan
from services.notify.planning.question import plan_again_on
from services.notify.planning.settled import next_turn, settled
from services.notify.planning.withdrawal import why_withdrawn
from services.notify.telling.due import decide_due


@dataclass(frozen=True, slots=True)
class Happening:
    """On a day an obligation is raised, or withdrawn for a reason.

    `stands`: the dates that its message names, where it says how the agreement stands.
    """

    day: date
    outcome: Literal["raised", "withdrawn"]
    obligation: Obligation
    reason: str = ""
    stands: Sequence[Obligation] | None = None


@dataclass(frozen=True, slots=True)
class NoticeHappening:
    """On a day a notice runs out, or its dates come out otherwise than they were worked out."""

    day: date
    step: str
    notice: Notice


def told_before(held: Iterable[Held], first: date) -> list[Held]:
    """What stands of obligations from before a day; the rest is played again.

    But for what comes of payments, which nobody can foretell.
    """
    return [
        one
        for one in held
        if one.state != "planned"
        and one.obligation.raise_on < first
        and one.obligation.kind != "paid-after-end"
    ]


def rehearse(
    history: History,
    held: Sequence[Held],
    notices: Sequence[Notice],
    plan: Plan,
    calendars: Calendars,
    first: date,
    last: date,
) -> Iterator[Happening | NoticeHappening]:
    """Everything from `first` to `last`, in order, by the rules by which the service works."""
    standing = {one.obligation.obligation_id: one for one in held}
    supplier = history.on(first).supplier_id
    day: date | None = first
    while day is not None and day <= last:
        agreement = history.on(day)
        notices, steps = _follow(notices, history, calendars, day)
        yield from steps
        brought = obligations_to_plan(history, plan, calendars, day)
        of_no_use = settled(brought, notices, day)
        moved = supplier is not None and agreement.supplier_id != supplier
        supplier = agreement.supplier_id
        revision = revise(
            standing.values(),
            [
                *(one for one in brought if one.obligation_id not in of_no_use),
                *short_notices(agreement, notices),
                *ask_over(agreement, standing.values(), notices, day, first=False),
            ],
            today=day,
            ran_its_course=agreement.ran_its_course,
            moved=moved,
            settled=of_no_use,
        )
        for one in revision.withdraw:
            reason = why_withdrawn(history, one.obligation, day, moved=moved)
            yield Happening(day, "withdrawn", one.obligation, reason)
        _apply(revision, standing)
        due = decide_due(standing.values(), day)
        for one in due.raise_now:
            standing[one.obligation.obligation_id] = replace(one, state="raised")
            yield Happening(day, "raised", one.obligation, stands=due.stands(one))
        for one, _ in due.skip:
            standing[one.obligation.obligation_id] = replace(one, state="skipped")
        day = _next_day(history, standing.values(), brought, notices, day)


def _follow(
    notices: Sequence[Notice], history: History, calendars: Calendars, day: date
) -> tuple[list[Notice], list[NoticeHappening]]:
    after, happenings = [], []
    for notice in notices:
        steps = follow(notice, history, calendars, day)
        after.append(steps[-1][1] if steps else notice)
        happenings += [NoticeHappening(day, step, one) for step, one in steps]
    return after, happenings


def _apply(revision: Revision, standing: dict[str, Held]) -> None:
    def mark(held: Iterable[Held], state: State) -> None:
        standing.update((h.obligation.obligation_id, replace(h, state=state)) for h in held)

    for one in revision.drop:
        del standing[one.obligation.obligation_id]
    mark(revision.withdraw, "withdrawn")
    mark([*revision.close, *revision.settle], "closed")
    mark(revision.restore, "raised")
    for amended in revision.amend:
        known = standing[amended.obligation_id]
        standing[amended.obligation_id] = replace(known, obligation=amended)
    mark([Held(one, "planned", 1) for one in (*revision.plan, *revision.reopen)], "planned")


def _next_day(
    history: History,
    standing: Iterable[Held],
    brought: Sequence[Obligation],
    notices: Sequence[Notice],
    day: date,
) -> date | None:
    """The next day on which anything may happen."""
    days = [
        plan_again_on(history, day),
        next_turn(brought, day),
        turns_on(notices, day),
        *(one.obligation.raise_on for one in standing if one.state == "planned"),
        history.ended_on + timedelta(days=1) if history.ended_on else None,
    ]
    return min((one for one in days if one is not None and one > day), default=None)
