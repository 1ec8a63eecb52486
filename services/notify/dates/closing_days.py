"""The days on which a notice may end an agreement, where it does not say any day.

Quarter days: of England and Wales, and of Northern Ireland, the usual ones (Lady Day, Midsummer,
Michaelmas, Christmas); of Scotland those of the Term and Quarter Days (Scotland) Act 1990.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from shared.notice_terms import Division, ExpiresOn

_USUAL = ((3, 25), (6, 24), (9, 29), (12, 25))
_SCOTTISH = ((2, 28), (5, 28), (8, 28), (11, 28))
_MONTH_END = relativedelta(day=31)


def first_closing_day(
    day: date, expires_on: ExpiresOn, break_dates: Sequence[date], division: Division
) -> date | None:
    """The first day from this one on which a notice may end; None after the last break date."""
    if expires_on == "month-end":
        return day + _MONTH_END
    if expires_on == "any-day":
        return day
    days = _choice(day, expires_on, break_dates, division)
    at = bisect_left(days, day)
    return days[at] if at < len(days) else None


def last_closing_day(
    day: date, expires_on: ExpiresOn, break_dates: Sequence[date], division: Division
) -> date | None:
    """The last day up to this one on which a notice may end; None before the first break date."""
    if expires_on == "month-end":
        return (day + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    if expires_on == "any-day":
        return day
    days = _choice(day, expires_on, break_dates, division)
    at = bisect_right(days, day)
    return days[at - 1] if at else None


def _choice(
    day: date, expires_on: ExpiresOn, break_dates: Sequence[date], division: Division
) -> Sequence[date]:
    return _quarter_days(day.year, division) if expires_on == "quarter-day" else sorted(break_dates)


@lru_cache(maxsize=1024)
def _quarter_days(year: int, division: Division) -> tuple[date, ...]:
    """Those of a year with those of the years beside it."""
    days = _SCOTTISH if division == "scotland" else _USUAL
    return tuple(date(y, *one) for y in (year - 1, year, year + 1) for one in days)
