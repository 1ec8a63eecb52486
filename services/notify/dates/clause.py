"""One side's notice clause: when a notice runs out, and the last day to serve one in time."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from services.notify.dates.closing_days import first_closing_day, last_closing_day
from services.notify.dates.period import earlier, end_of
from services.notify.dates.words import in_words
from services.notify.dates.working_days import Calendar
from shared.notice_terms import ExpiresOn, NoticeTerms
from shared.periods import parts, working_days

Side = Literal["buyer", "provider"]

_ONE_DAY = timedelta(days=1)
_MOST_DAYS_OF_FIVE = 7


@dataclass(frozen=True, slots=True)
class Clause:
    """What decides the dates of a notice that one side gives.

    `clear`: whether the agreement counts clear days, None where it does not say. No notice ends it
    before `earliest_end`, and only on such days as `expires_on` says.
    """

    period: str
    calendar: Calendar
    clear: bool | None = None
    expires_on: ExpiresOn = "any-day"
    break_dates: tuple[date, ...] = ()
    earliest_end: date | None = None


@dataclass(frozen=True, slots=True)
class LatestService:
    """The last day to serve: in both readings, the `advised` one, and how it was worked out.

    A reading is None where no day of service would do. `ends` is the day on which a notice served
    then ends the agreement; None where none can by the day asked for.
    """

    advised: date | None
    plain: date | None
    clear: date | None
    ends: date | None
    rule: str

    @property
    def said(self) -> str:
        """Both days with the rule; why there is none where no day of service would do."""
        if self.advised is None or self.ends is None:
            return self.rule
        return f"served by {in_words(self.advised)} it ends by {in_words(self.ends)}: {self.rule}"


def clause_of(terms: NoticeTerms, side: Side, calendar: Calendar) -> Clause | None:
    """The side's clause; None where the agreement records no period for it, and none is invented.

    `calendar` is that of the terms' division.
    """
    buyer = side == "buyer"
    period = terms.buyer_period if buyer else terms.provider_period
    if period is None:
        return None
    return Clause(
        period,
        calendar,
        terms.clear,
        terms.expires_on,
        terms.break_dates,
        terms.buyer_earliest_end if buyer else terms.provider_earliest_end,
    )


def expiry(served: date, clause: Clause, *, clear: bool = False) -> date | None:
    """The last day of a notice served on `served`; None where no break date is left for it.

    Counted in clear days, the day of service and the day on which it ends both excluded (Re Hector
    Whaling [1936] Ch 208), it ends one day later.
    """
    last = _period_end(served, clause, clear=clear)
    if clause.earliest_end is not None:
        last = max(last, clause.earliest_end)
    return first_closing_day(last, clause.expires_on, clause.break_dates, clause.calendar.division)


def latest_service(end: date, clause: Clause, *, clear: bool = False) -> date | None:
    """The last day of service from which a notice ends the agreement by `end`; None: no day is.

    Searched forward, by the period's end from each day: adding months is not undone by taking them
    away (28 February less six months is 28 August, yet a notice served on 31 August ends on 28
    February as well). The period's end never falls as the day of service rises, so the search
    starts near the answer and stops at the first day that is too late.
    """
    by = last_ending(end, clause)
    if by is None:
        return None
    day = _near(by, clause)
    while _period_end(day, clause, clear=clear) > by:
        day -= _ONE_DAY
    while _period_end(day + _ONE_DAY, clause, clear=clear) <= by:
        day += _ONE_DAY
    return day


def last_ending(end: date, clause: Clause) -> date | None:
    """The last day up to `end` on which a notice may end the agreement; None: there is none."""
    by = last_closing_day(end, clause.expires_on, clause.break_dates, clause.calendar.division)
    if by is None or (clause.earliest_end is not None and by < clause.earliest_end):
        return None
    return by


@lru_cache(maxsize=8192)
def latest_safe_service(end: date, clause: Clause) -> LatestService:
    """The last day to serve a notice that ends the agreement by `end`, however it is counted.

    Where the agreement does not say, "not less than" may be read as clear days: the earlier of the
    two readings is advised.
    """
    plain, clear = latest_service(end, clause), latest_service(end, clause, clear=True)
    advised, ends = plain if clause.clear is False else clear, last_ending(end, clause)
    if advised is None or ends is None:
        return LatestService(None, None, None, None, _why_none(end, clause))
    rule = counting(clause)
    if clause.clear is not None:
        rule += " in clear days, as the agreement says" if clause.clear else ", not in clear days"
    elif plain == clear:
        rule += ", in clear days too"
    elif plain is not None:
        more_careful = "in clear days, the more careful reading"
        counted = "" if rule.endswith("counted") else " counted"
        rule += f"{counted} {more_careful} (without them {in_words(plain)})"
    return LatestService(advised, plain, clear, ends, rule + closing(clause))


def doubt_of_period(clause: Clause, served: date, ends: date) -> str | None:
    """What is not known of the bank holidays by which the period was counted, if it was."""
    return clause.calendar.doubt(served, ends) if working_days(clause.period) else None


def counting(clause: Clause) -> str:
    """By which rule the clause's period is counted."""
    units = parts(clause.period).keys()
    if "working days" in units:
        return f"working days ({clause.calendar.division}) counted"
    return "corresponding date rule" if units & {"years", "months"} else "days counted"


def closing(clause: Clause) -> str:
    """What more the clause asks of the day on which a notice ends the agreement, else nothing."""
    only = {
        "any-day": "",
        "month-end": "; it can end only at the end of a month",
        "quarter-day": "; it can end only on a quarter day",
        "break-date": "; it can end only on a break date",
    }[clause.expires_on]
    if clause.earliest_end is None:
        return only
    return f"{only}; no notice ends it before {in_words(clause.earliest_end)}"


def _why_none(end: date, clause: Clause) -> str:
    return f"no notice can end it by {in_words(end)}" + closing(clause)


def _period_end(served: date, clause: Clause, *, clear: bool) -> date:
    last = end_of(clause.period, served, clause.calendar)
    return last + _ONE_DAY if clear else last


def _near(end: date, clause: Clause) -> date:
    if count := working_days(clause.period):
        return end - timedelta(days=count * _MOST_DAYS_OF_FIVE // 5)
    return earlier(end, clause.period)
