"""The last safe day to serve notice by the agreement, and the days that keep policies beside it.

What an agreement says decides when a notice ends it; what a policy promises decides whether it is
kept. So the agreement's own day leads wherever a clause is recorded, and a policy's never stands
for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from services.notify.dates.bank_holidays import Calendars
from services.notify.dates.clause import (
    Clause,
    LatestService,
    Side,
    clause_of,
    doubt_of_period,
    latest_safe_service,
)
from services.notify.dates.deemed_service import SendBy, doubt_of_service, send_by
from services.notify.dates.words import in_words, notice_in_words, period_in_words
from services.notify.dates.working_days import Calendar
from services.notify.planning.plan import Plan, PolicyNotice
from shared.notice_terms import NoticeTerms

_NOTHING_RECORDED = NoticeTerms()
_OWN = "the agreement"


@dataclass(frozen=True, slots=True)
class NoticeTerm:
    """A notice that must be served by `last_service`, worked out as `rule` says.

    `send_by` is the last day to send it by each channel for which the agreement has a rule.
    `policy` is what is kept by it, of several policies that share the day all; None where the day
    is the agreement's own.
    """

    period: str
    last_service: date
    rule: str
    send_by: tuple[SendBy, ...]
    policy: str | None = None

    @property
    def said(self) -> str:
        """What the day is, in a few words."""
        if self.policy is None:
            return "the last safe day to serve notice"
        return f"the day to give notice that keeps {self.policy}"


@dataclass(frozen=True, slots=True)
class Clock:
    """A length of notice by the agreement or a policy: before a day on which a notice can end it.

    Or, where it `lapses`, before its own end, on which nobody needs to end it.
    """

    name: str
    clause: Clause
    latest: LatestService
    lapses: bool = False

    @property
    def is_own(self) -> bool:
        """Whether it is the agreement's, and no policy's."""
        return self.name == _OWN

    def told(self, end: date) -> str:
        """In a few words, beside the one that comes first."""
        asked = f"{self.name} asks for {period_in_words(self.clause.period)}"
        if self.latest.advised is None:
            return f"{asked}, but {self.latest.rule}"
        served = f"served by {in_words(self.latest.advised)}"
        if not self.is_own:
            served = f"kept if {served}"
        if self.lapses:
            return f"{asked} before it lapses on {in_words(end)} too, {served}"
        return f"{asked}, {served}{self._early(end)}"

    def told_first(self, end: date) -> str:
        """At length, as the one that must be served first."""
        asked = f"{notice_in_words(self.clause.period)} by {self.name}"
        if not self.lapses or self.latest.advised is None:
            return f"{asked}; {self.latest.said}"
        given = f"served by {in_words(self.latest.advised)} it is given before the agreement lapses"
        return f"{asked}; {given} on {in_words(end)}: {self.latest.rule}"

    def _early(self, end: date) -> str:
        ends = self.latest.ends
        return f", to end it by {in_words(ends)}" if ends is not None and ends != end else ""


def notice_term(
    notice: NoticeTerms | None, plan: Plan, buyer: str, end: date, calendars: Calendars
) -> NoticeTerm | None:
    """The notice that the buyer must serve so that the agreement ends by `end`, if any.

    The agreement's own where a clause is recorded by which it can end; else that of the policy
    whose day comes first. All are shown beside each other. No period is ever invented: the rule
    says where the agreement records none.

    Who promises notice promises it of an ending that the buyer brings about, on one of the days on
    which the agreement lets it end, and of the lapse at its `end`: a policy counts to both.
    """
    recorded = notice or _NOTHING_RECORDED
    calendar = calendars.of(recorded.division)
    clocks = _clocks(recorded, plan, buyer, end, calendar)
    first = _own_first(clocks)
    return _term(first, clocks, recorded, end, calendar) if first else None


def commitment_terms(
    notice: NoticeTerms | None, plan: Plan, buyer: str, end: date, calendars: Calendars
) -> list[NoticeTerm]:
    """The days that keep policies, where the agreement's own day comes after them; by day.

    Where it comes before, its notice keeps them.
    """
    recorded = notice or _NOTHING_RECORDED
    calendar = calendars.of(recorded.division)
    clocks = _clocks(recorded, plan, buyer, end, calendar)
    own = _own_first(clocks)
    if own is None or not own.is_own or own.latest.advised is None:
        return []
    by_day = {
        one.latest.advised: one
        for one in clocks
        if one.latest.advised and one.latest.advised < own.latest.advised and not one.lapses
    }
    terms = [_term(by_day[day], clocks, recorded, end, calendar) for day in sorted(by_day)]
    return [term for term in terms if term]


def lapse_term(
    notice: NoticeTerms | None, plan: Plan, buyer: str, end: date, calendars: Calendars
) -> NoticeTerm | None:
    """The notice of the lapse, where the last ending by notice is over before that is due.

    After a break in the second of five years nobody can end it, and a policy's months before the
    lapse are still promised: one notice for both would be years too early for it.
    """
    recorded = notice or _NOTHING_RECORDED
    calendar = calendars.of(recorded.division)
    clocks = _clocks(recorded, plan, buyer, end, calendar)
    over = max(
        (one.latest.ends for one in clocks if one.latest.ends and not one.lapses), default=end
    )
    first = _first([one for one in clocks if one.lapses])
    if first is None or first.latest.advised is None or first.latest.advised <= over:
        return None
    return _term(first, clocks, recorded, end, calendar)


def _own_first(clocks: Sequence[Clock]) -> Clock | None:
    return _first([one for one in clocks if one.is_own]) or _first(clocks)


def _first(clocks: Sequence[Clock]) -> Clock | None:
    in_time = [(one.latest.advised, one) for one in clocks if one.latest.advised is not None]
    return min(in_time, key=itemgetter(0))[1] if in_time else None


def _term(
    first: Clock, clocks: Sequence[Clock], notice: NoticeTerms, end: date, calendar: Calendar
) -> NoticeTerm | None:
    if (served := first.latest.advised) is None:
        return None
    said = [first.told_first(end)]
    if notice.buyer_period is None:
        whose = " for the buyer" if notice.provider_period else ""
        said.append(f"the agreement records no notice period{whose}")
    said += [one.told(end) for one in clocks if one is not first]
    sending = tuple(send_by(served, one, calendar) for one in notice.deemed_service)
    said += [one.in_words for one in sending]
    said += _doubts(clocks, notice, sending, served, calendar)
    kept = [one.name for one in clocks if one.latest.advised == served and not one.is_own]
    policy = None if first.is_own else " and ".join(dict.fromkeys(kept))
    return NoticeTerm(first.clause.period, served, "; ".join(said), sending, policy)


def _doubts(
    clocks: Sequence[Clock],
    notice: NoticeTerms,
    sending: Sequence[SendBy],
    served: date,
    calendar: Calendar,
) -> list[str]:
    """What is not known of the bank holidays by which any of these days was counted, once each."""
    found = [
        doubt_of_period(one.clause, one.latest.advised, one.latest.ends)
        for one in clocks
        if one.latest.advised is not None and one.latest.ends is not None
    ]
    found += [
        doubt_of_service(deemed.rule, by.day, served, calendar)
        for deemed, by in zip(notice.deemed_service, sending, strict=True)
    ]
    return list(dict.fromkeys(filter(None, found)))


def _clocks(
    notice: NoticeTerms, plan: Plan, buyer: str, end: date, calendar: Calendar
) -> list[Clock]:
    """Those of a plan: what a policy asks of a notice that can end nothing is not watched."""
    clocks = clocks_before(end, notice, plan.policy_notices_of(buyer), calendar)
    return [one for one in clocks if one.is_own or one.latest.ends is not None]


def clocks_before(
    end: date,
    notice: NoticeTerms,
    policies: Sequence[PolicyNotice],
    calendar: Calendar,
    side: Side = "buyer",
    *,
    of_a_change: bool = False,
) -> list[Clock]:
    """The agreement's own length of notice for a side, where it records one, and each policy's.

    `of_a_change`: where the notice does not end the agreement, the periods and how the agreement
    counts its own apply, but not the days on which alone the agreement may end.
    """
    own = clause_of(notice, side, calendar)
    if own and of_a_change:
        own = Clause(own.period, calendar, own.clear)
    clocks = [Clock(_OWN, own, latest_safe_service(end, own))] if own else []
    ending = _NOTHING_RECORDED if of_a_change else notice
    for policy in policies:
        clocks += _policy_clocks(policy, ending, end, calendar)
    return clocks


def _policy_clocks(
    policy: PolicyNotice, notice: NoticeTerms, end: date, calendar: Calendar
) -> Iterator[Clock]:
    """Before the last day on which a notice can end it, and before its end where that is later.

    Only the buyer is bound by policies, so the days are those on which the buyer may end it.
    """
    lapse = Clause(policy.period, calendar)
    by_notice = Clause(
        policy.period,
        calendar,
        expires_on=notice.expires_on,
        break_dates=notice.break_dates,
        earliest_end=notice.buyer_earliest_end,
    )
    latest = latest_safe_service(end, by_notice)
    yield Clock(policy.called, by_notice, latest)
    if latest.ends != end:
        yield Clock(policy.called, lapse, latest_safe_service(end, lapse), lapses=True)
