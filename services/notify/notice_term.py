"""Which notice applies, the agreement's own or a policy's, and the last safe day to serve it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from services.notify.dates.bank_holidays import Calendars
from services.notify.dates.clause import (
    Clause,
    LatestService,
    Side,
    clause_of,
    latest_safe_service,
)
from services.notify.dates.deemed_service import latest_hour, latest_sending
from services.notify.dates.words import in_words, notice_in_words, period_in_words
from services.notify.dates.working_days import Calendar
from services.notify.plan import Plan, PolicyNotice
from shared.notice_terms import DeemedService, NoticeTerms

_NOTHING_RECORDED = NoticeTerms()


@dataclass(frozen=True, slots=True)
class NoticeTerm:
    """The notice that must be served first: by `last_service`, worked out as `rule` says."""

    period: str
    last_service: date
    rule: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A length of notice before one end, by the agreement or a policy."""

    name: str
    clause: Clause
    latest: LatestService

    def told(self) -> str:
        """What it asks for, in a few words."""
        asked = f"{self.name} asks for {period_in_words(self.clause.period)}"
        if self.latest.advised is None:
            return f"{asked}, but {self.latest.rule}"
        return f"{asked}, served by {in_words(self.latest.advised)}"


def notice_term(
    notice: NoticeTerms | None, plan: Plan, buyer: str, end: date, calendars: Calendars
) -> NoticeTerm | None:
    """The notice that the buyer must serve first so that the agreement ends by `end`, if any.

    The agreement's own and each policy's are clocks side by side, and all are shown. Which is the
    longer depends on the `end`: 26 weeks are longer than six months before one, and shorter before
    another. No period is ever invented: the rule says where the agreement records none.
    """
    recorded = notice or _NOTHING_RECORDED
    calendar = calendars.of(recorded.division)
    clocks = clocks_before(end, recorded, plan.policy_notices_of(buyer), calendar)
    in_time = [(one.latest.advised, one) for one in clocks if one.latest.advised is not None]
    if not in_time:
        return None
    served, first = min(in_time, key=itemgetter(0))
    length, by, ends = notice_in_words(first.clause.period), in_words(served), in_words(end)
    said = [f"{length} by {first.name}; served by {by} it ends by {ends}: {first.latest.rule}"]
    if recorded.buyer_period is None:
        said.append("the agreement records no notice period")
    said += [one.told() for one in clocks if one is not first]
    said += _sending(recorded.deemed_service, served, calendar)
    if recorded.counts_working_days and (doubt := calendar.doubt(served, end)):
        said.append(doubt)
    return NoticeTerm(first.clause.period, served, "; ".join(said))


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

    `of_a_change`: where the notice does not end the agreement, the clause's period and how it is
    counted apply, but not the days on which alone the agreement may end.
    """
    own = clause_of(notice, side, calendar)
    if own and of_a_change:
        own = Clause(own.period, calendar, own.clear)
    named = [("the agreement", own)] if own else []
    named += [(policy.name, Clause(policy.period, calendar)) for policy in policies]
    return [Clock(name, clause, latest_safe_service(end, clause)) for name, clause in named]


def _sending(deemed: tuple[DeemedService, ...], served: date, calendar: Calendar) -> list[str]:
    """By when to send it by each channel so that it counts as served by then."""
    said = []
    for one in deemed:
        day = latest_sending(served, one.rule, calendar)
        hour = latest_hour(one.rule)
        before = f" before {hour:%H:%M}" if hour else ""
        channel = one.channel.replace("-", " ")
        by = f"{day:%A} {in_words(day)}{before}"
        said.append(f"sent by {channel} it counts as served by then if sent by {by}")
    return said
