"""Which dates an agreement brings, and what changes when they move."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from services.notify.agreement import Agreement, History
from services.notify.dates.bank_holidays import Calendars
from services.notify.dates.period import earlier
from services.notify.dates.words import in_words, period_in_words
from services.notify.notice_term import notice_term
from services.notify.plan import Plan
from services.notify.question import QUARTER, Asking, ask_end
from shared.identity import identify

ObligationKind = Literal["renewal", "notice", "end-date"]
State = Literal["planned", "raised", "skipped", "withdrawn", "closed"]


@dataclass(frozen=True, slots=True)
class Obligation:
    """A date that an agreement brings: people are told on `raise_on` of what is due on `due_on`.

    `period` (ISO 8601) is how long before the end a renewal stage is, or the length of the notice.
    An `end-date` asks for the end that the agreement does not record: `end` is the last day before
    it is asked for again.
    """

    obligation_id: str
    agreement_id: str
    kind: ObligationKind
    period: str
    due_on: date
    raise_on: date
    end: date
    rule: str

    @property
    def stage(self) -> str | None:
        """The stage of a renewal, None for a notice."""
        return self.period if self.kind == "renewal" else None


SETTLED_BY_NOTICE: frozenset[ObligationKind] = frozenset({"renewal", "notice"})
"""What need not be told once a notice says what becomes of the agreement at its end."""


@dataclass(frozen=True, slots=True)
class Held:
    """An obligation as it stands in the database.

    `since_revision` is the revision of the plan that brought it, the last one if dates moved away
    and came back: what is told of it then is a new message.
    """

    obligation: Obligation
    state: State
    since_revision: int
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What a new plan does to the obligations that stand."""

    plan: list[Obligation] = field(default_factory=list)
    amend: list[Obligation] = field(default_factory=list)
    reopen: list[Obligation] = field(default_factory=list)
    restore: list[Held] = field(default_factory=list)
    drop: list[Held] = field(default_factory=list)
    withdraw: list[Held] = field(default_factory=list)
    close: list[Held] = field(default_factory=list)
    settle: list[Held] = field(default_factory=list)


def obligations_of(agreement: Agreement, plan: Plan, calendars: Calendars) -> list[Obligation]:
    """Every date that the agreement brings under the plan, by due day; none without an end."""
    if agreement.standing != "dated" or agreement.end is None or agreement.start is None:
        return []
    end, start = agreement.end, agreement.start
    found = [
        _obligation(agreement, "renewal", stage, due, due, end, _renewal_rule(stage, end))
        for stage in plan.renewal_stages
        # A stage before the agreement starts would announce the renewal of what has not begun.
        if (due := earlier(end, stage)) >= start
    ]
    if notice := notice_term(agreement.notice, plan, agreement.buyer, end, calendars):
        last, rule = notice.last_service, notice.rule
        if last < start:
            rule += "; that is before the agreement starts, so its term has no room for the notice"
        lead = last - timedelta(days=plan.notice_lead_days)
        found.append(_obligation(agreement, "notice", notice.period, last, lead, end, rule))
    return sorted(found, key=lambda o: (o.due_on, o.kind, o.period))


def obligations_to_plan(
    history: History, plan: Plan, calendars: Calendars, today: date
) -> list[Obligation]:
    """The dates that the terms in force today bring and that will hold when they come.

    A variation that is known but not yet in force brings nothing: what it brings is planned on the
    day on which it takes effect. But it silences what it is known to undo: a date that other terms
    will have replaced by the day on which it falls, or that counts to an end which will have moved
    before it comes (an extension agreed from next month).
    """
    if asking := ask_end(history, today):
        return [_question(history.on(today), asking)]
    found = obligations_of(history.on(today), plan, calendars)
    if history.next_change(today) is None:
        return found
    return [one for one in found if _will_hold(history, plan, calendars, one, today)]


def _will_hold(
    history: History, plan: Plan, calendars: Calendars, obligation: Obligation, today: date
) -> bool:
    if history.on(max(obligation.end, today)).end != obligation.end:
        return False
    then = obligations_of(history.on(max(obligation.due_on, today)), plan, calendars)
    return any(one.obligation_id == obligation.obligation_id for one in then)


def _obligation(
    agreement: Agreement,
    kind: ObligationKind,
    period: str,
    due_on: date,
    raise_on: date,
    end: date,
    rule: str,
) -> Obligation:
    # The end is part of it: 3 months before 30 and 31 May are one day, but not one message.
    identifier = identify(
        "obligation",
        agreement.agreement_id,
        kind,
        period,
        due_on.isoformat(),
        end.isoformat(),
    )
    return Obligation(identifier, agreement.agreement_id, kind, period, due_on, raise_on, end, rule)


def _question(agreement: Agreement, asking: Asking) -> Obligation:
    day, until = asking
    rule = f"no end date is recorded; until one is, it is asked for every quarter: {in_words(day)}"
    return _obligation(agreement, "end-date", QUARTER, day, day, until, rule)


def _renewal_rule(stage: str, end: date) -> str:
    return f"{period_in_words(stage)} before {in_words(end)}"


def revise(
    held: Iterable[Held],
    wanted: Sequence[Obligation],
    *,
    ran_its_course: bool,
    moved: bool = False,
    settled: Collection[str] = (),
) -> Revision:
    """What turns the obligations that stand into those that are wanted.

    What was told and no longer holds is withdrawn; when the agreement simply `ran_its_course`,
    what was told was true, and is closed without a word. So is a question that is asked anew, and
    what a notice `settled` (ids): the dates hold, and nobody need be reminded of them. What
    was told of an agreement that `moved` to another provider names the wrong one: it is withdrawn,
    and planned to be told anew.
    """
    revision = Revision()
    asked_anew = any(obligation.kind == "end-date" for obligation in wanted)
    by_id = {obligation.obligation_id: obligation for obligation in wanted}
    for one in held:
        still = by_id.pop(one.obligation.obligation_id, None)
        if still is not None:
            if moved and one.state == "raised":
                revision.withdraw.append(one)
                revision.reopen.append(still)
            elif one.state == "withdrawn" or (moved and one.state == "closed"):
                revision.reopen.append(still)
            elif one.state == "closed":
                revision.restore.append(one)
            elif still != one.obligation:
                revision.amend.append(still)
        elif one.state in ("planned", "skipped"):
            revision.drop.append(one)
        elif one.state == "raised":
            superseded = asked_anew and one.obligation.kind == "end-date"
            if one.obligation.obligation_id in settled:
                revision.settle.append(one)
            else:
                (revision.close if ran_its_course or superseded else revision.withdraw).append(one)
    revision.plan.extend(by_id.values())
    return revision


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done on a day: obligations to raise, and those to leave out with a reason."""

    raise_now: list[Held] = field(default_factory=list)
    skip: list[tuple[Held, str]] = field(default_factory=list)


def decide_due(held: Iterable[Held], today: date) -> Due:
    """What is due of one agreement's obligations: of renewal stages only the latest, once.

    An agreement that became known late, or a service that stood still, brings several stages at
    once; people get the one that holds today.
    """
    due = Due()
    standing = list(held)
    ripe = [h for h in standing if h.state == "planned" and h.obligation.raise_on <= today]
    told = [h for h in standing if h.state == "raised"]
    stages = [h.obligation for h in (*ripe, *told) if h.obligation.kind == "renewal"]
    latest = max((stage.due_on for stage in stages if stage.end >= today), default=None)
    for one in ripe:
        if one.obligation.end < today:
            due.skip.append((one, "the agreement's end had passed already"))
        elif one.obligation.kind == "renewal" and one.obligation.due_on != latest:
            due.skip.append((one, "a later stage was reached already"))
        else:
            due.raise_now.append(one)
    return due
