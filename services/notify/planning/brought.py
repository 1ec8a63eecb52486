"""Which dates an agreement brings under a plan, as it stands on a day."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from services.notify.dates.bank_holidays import Calendars
from services.notify.dates.clause import clause_of, doubt_of_period, latest_safe_service
from services.notify.dates.deemed_service import doubt_of_service, send_by
from services.notify.dates.period import earlier
from services.notify.dates.words import in_words, notice_in_words, period_in_words
from services.notify.notices.notice import STANDING, Notice
from services.notify.notices.notice_term import (
    NoticeTerm,
    commitment_terms,
    lapse_term,
    notice_term,
)
from services.notify.planning.agreement import Agreement, History
from services.notify.planning.obligation import RECURRING, Obligation, identified
from services.notify.planning.plan import Plan
from services.notify.planning.question import QUARTER, Asking, ask_end
from services.notify.planning.recurring import recurring
from shared.periods import fits_the_term, later

_ONE_DAY = timedelta(days=1)


def obligations_of(
    agreement: Agreement, plan: Plan, calendars: Calendars, today: date
) -> list[Obligation]:
    """Every date that the agreement brings under the plan, by due day; none without an end.

    Of what comes back by itself only the next one.
    """
    if agreement.standing != "dated" or agreement.end is None or agreement.start is None:
        return []
    end, start = agreement.end, agreement.start
    notices = [
        notice
        for term in (notice_term, lapse_term)
        if (notice := term(agreement.notice, plan, agreement.buyer, end, calendars))
    ]
    terms = commitment_terms(agreement.notice, plan, agreement.buyer, end, calendars)
    # Of a term that has no room for a policy nobody could ever keep it: the notice says of it.
    commitments = [term for term in terms if term.last_service >= start]
    found = _renewals(agreement, plan, start, end, notices, commitments)
    told = {one.due_on for one in found}
    for notice in notices:
        found += _before_service(agreement, plan, start, end, notice, told)
    found += [_commitment(agreement, plan, end, one) for one in commitments]
    if notices:
        # Who decides in time for the policies has decided in time for the agreement.
        found += _to_decide(agreement, plan, start, end, _before_lapse(notices, commitments))
    found += _of_the_provider(agreement, plan, start, end, calendars, notices)
    found += _of_the_option(agreement, plan, end)
    found += recurring(agreement, plan, start, end, today)
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
    found = obligations_of(history.on(today), plan, calendars, today)
    if history.next_change(today) is None:
        return found
    return [one for one in found if _will_hold(history, plan, calendars, one, today)]


def short_notices(agreement: Agreement, notices: Iterable[Notice]) -> list[Obligation]:
    """Notices that were in time, or excused, when recorded and by their dates now are too short."""
    found = []
    for one in notices:
        verdict = one.verdict
        if verdict is None or one.state not in STANDING or verdict.in_time is not False:
            continue
        last, given, needed = verdict.last_day, verdict.days_given, verdict.days_needed
        if one.excuse is not None or last is None or given is None or needed is None:
            continue
        rule = f"the {one.kind} served on {in_words(verdict.served_on)} gives {given} days, and"
        rule += f" {needed} are needed: {verdict.rule}"
        period, since = f"P{needed - given}D", verdict.served_on
        found.append(
            identified(agreement.agreement_id, "notice-short", period, last, since, last, rule)
        )
    return found


def _will_hold(
    history: History, plan: Plan, calendars: Calendars, obligation: Obligation, today: date
) -> bool:
    until = max(obligation.end, today)
    if obligation.kind not in RECURRING and history.on(until).end != obligation.end:
        return False
    then = obligations_of(history.on(max(obligation.due_on, today)), plan, calendars, today)
    return any(one.obligation_id == obligation.obligation_id for one in then)


def _question(agreement: Agreement, asking: Asking) -> Obligation:
    day, until = asking
    rule = f"no end date is recorded; until one is, it is asked for every quarter: {in_words(day)}"
    return identified(agreement.agreement_id, "end-date", QUARTER, day, day, until, rule)


def _renewals(
    agreement: Agreement,
    plan: Plan,
    start: date,
    end: date,
    notices: Sequence[NoticeTerm],
    commitments: Sequence[NoticeTerm],
) -> list[Obligation]:
    found = []
    for stage in plan.renewal_stages:
        due = earlier(end, stage)
        # A stage before the agreement starts would announce the renewal of what has not begun.
        if due < start:
            continue
        rule = f"{period_in_words(stage)} before {in_words(end)}"
        ahead = [one for one in notices if one.last_service >= due]
        if (first := min(ahead, key=lambda one: one.last_service, default=None)) is not None:
            rule += f"; {in_words(first.last_service)} is {first.said}"
            rule += " on it" if first.policy is None else ""
            said = (f"; {in_words(one.last_service)} is {one.said}" for one in commitments)
            rule += "".join(said)
        found.append(identified(agreement.agreement_id, "renewal", stage, due, due, end, rule))
    return found


def _before_service(
    agreement: Agreement,
    plan: Plan,
    start: date,
    end: date,
    notice: NoticeTerm,
    told: set[date],
) -> list[Obligation]:
    """The notice day and the stages before it."""
    last, rule = notice.last_service, notice.rule
    if last < start:
        rule += "; that is before the agreement starts"
        if not fits_the_term(notice.period, start, end):
            rule += ", so its term has no room for the notice"
    lead = last - timedelta(days=plan.notice_lead_days)
    found = [
        identified(
            agreement.agreement_id,
            "notice",
            notice.period,
            last,
            lead,
            end,
            rule,
            send_by=notice.send_by,
            policy=notice.policy,
        )
    ]
    by = in_words(last)
    for stage in plan.service_stages:
        due = earlier(last, stage)
        # On the day of a renewal stage that one says which day is the last safe one.
        if due >= start and due not in told:
            how = f"{period_in_words(stage)} before {by}, {notice.said}"
            found.append(identified(agreement.agreement_id, "service", stage, due, due, end, how))
    return found


def _commitment(agreement: Agreement, plan: Plan, end: date, term: NoticeTerm) -> Obligation:
    """The day that keeps a policy: after it the agreement can still be ended as it says."""
    last = term.last_service
    lead = last - timedelta(days=plan.notice_lead_days)
    return identified(
        agreement.agreement_id,
        "commitment",
        term.period,
        last,
        lead,
        end,
        term.rule,
        send_by=term.send_by,
        policy=term.policy,
    )


def _before_lapse(notices: Sequence[NoticeTerm], commitments: Sequence[NoticeTerm]) -> NoticeTerm:
    """By which notice must be given before the lapse.

    Of a break years before nothing need be decided: if nothing is, the agreement runs on.
    """
    if len(notices) > 1:
        return notices[-1]
    return min([*commitments, *notices], key=lambda one: one.last_service)


def _to_decide(
    agreement: Agreement, plan: Plan, start: date, end: date, notice: NoticeTerm
) -> list[Obligation]:
    """The buyer's deadline to decide what becomes of it at its end, and the alarm once it passed.

    `notice` is what must be decided before.
    """
    if (decision := plan.decision) is None:
        return []
    last = notice.last_service
    due = earlier(last, decision.before_service)
    if due < start:
        return []
    lead_time = decision.before_service
    how = f"{period_in_words(lead_time)}, the buyer's own lead time, before {in_words(last)}"
    how += f", {notice.said}"
    raise_on = earlier(due, decision.told_before)
    passed = due + _ONE_DAY
    return [
        identified(agreement.agreement_id, "decision", lead_time, due, raise_on, end, how),
        identified(agreement.agreement_id, "lapse", lead_time, passed, passed, end, how),
    ]


def _of_the_provider(
    agreement: Agreement,
    plan: Plan,
    start: date,
    end: date,
    calendars: Calendars,
    notices: Sequence[NoticeTerm],
) -> list[Obligation]:
    """The last safe day of the provider's own notice, where its clause is recorded."""
    if agreement.notice is None:
        return []
    clause = clause_of(agreement.notice, "provider", calendars.of(agreement.notice.division))
    latest = latest_safe_service(end, clause) if clause else None
    if clause is None or latest is None or latest.advised is None or latest.ends is None:
        return []
    last = latest.advised
    shared = (one.last_service for one in notices if one.policy is None)
    if last < start or last in shared:
        return []  # one day for both: the message about notice is for both
    rule = f"{notice_in_words(clause.period)} by the agreement, for the provider; {latest.said}"
    deemed = agreement.notice.deemed_service
    sending = tuple(send_by(last, one, clause.calendar) for one in deemed)
    doubts = [
        doubt_of_period(clause, last, latest.ends),
        *(
            doubt_of_service(one.rule, by.day, last, clause.calendar)
            for one, by in zip(deemed, sending, strict=True)
        ),
    ]
    said = [*(one.in_words for one in sending), *dict.fromkeys(filter(None, doubts))]
    rule = "; ".join([rule, *said])
    lead = last - timedelta(days=plan.notice_lead_days)
    return [
        identified(
            agreement.agreement_id,
            "provider-notice",
            clause.period,
            last,
            lead,
            end,
            rule,
            send_by=sending,
        )
    ]


def _of_the_option(agreement: Agreement, plan: Plan, end: date) -> list[Obligation]:
    """The day by which the next option to extend is taken up, or lost."""
    if plan.options_told_before is None or not agreement.options_left:
        return []
    option = agreement.options_left[0]
    if (by := option.exercise_by) is None:
        return []
    until = option.until or later(end, option.length or "P0D")
    rule = f"the option to go on until {in_words(until)} must be taken up by {in_words(by)}"
    told = earlier(by, plan.options_told_before)
    period = plan.options_told_before
    return [identified(agreement.agreement_id, "option", period, by, told, end, rule)]
