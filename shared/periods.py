"""Lengths of time as ISO 8601 writes them, added to days; working days as `10WD`."""

import re
from calendar import isleap
from datetime import date, timedelta
from functools import lru_cache

from dateutil.relativedelta import relativedelta

_UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days", "WD": "working days"}
_DAY = timedelta(days=1)
_FEBRUARY = 1
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FRIDAY, _WORKDAYS, _WEEKEND = 4, 5, 2


@lru_cache(maxsize=1024)
def parts(period: str) -> dict[str, int]:
    """`P1Y6M` as {"years": 1, "months": 6}, `10WD` as {"working days": 10}."""
    found = re.findall(r"([0-9]+)(WD|[YMWD])", period)
    return {_UNITS[unit]: int(number) for number, unit in found}


def working_days(period: str) -> int:
    """How many working days the period is; 0 for one that is not counted in them."""
    return parts(period).get("working days", 0)


@lru_cache(maxsize=1024)
def span(period: str) -> relativedelta:
    """A `Period` such as P1Y6M as what can be added to days and to other spans.

    Raises ValueError for working days, which only a calendar can add.
    """
    if working_days(period):
        raise ValueError(f"working days are counted by a calendar: {period}")
    return relativedelta(**parts(period))  # type: ignore[arg-type]  # it has weeks beside days


def later(day: date, period: str, times: int = 1) -> date:
    """The day a period later, the corresponding date of its months: 31 January, P1M, 28 February.

    Dodds v Walker [1981] 1 WLR 1027; a day that the month lacks becomes its last. So many `times`
    the period are summed before they are added; below 0 the day is earlier. Raises ValueError for
    working days, ValueError or OverflowError for a day that no calendar has.
    """
    months, days = _months_and_days(period)
    if months:
        year, month = divmod(12 * day.year + day.month - 1 + times * months, 12)
        last = 29 if month == _FEBRUARY and isleap(year) else _LAST_DAYS[month]
        day = day.replace(year, month + 1, min(day.day, last))
    return day + timedelta(times * days) if days else day


@lru_cache(maxsize=1024)
def _months_and_days(period: str) -> tuple[int, int]:
    # dateutil adds any period to any day, at 30 us each: plans of 100,000 agreements add millions.
    of = span(period)
    return 12 * of.years + of.months, of.days


def fits_the_term(period: str, start: date, end: date) -> bool:
    """Whether notice of this length is no longer than an agreement, both its days included.

    Given on the eve of the first day it must be able to end with the last, so that twelve months
    fit a year. Of working days only weekends are left out: no bank holiday makes them fewer days.
    """
    eve = start - _DAY
    if count := working_days(period):
        return _weekday_later(eve, count) <= end
    return later(eve, period) <= end


def _weekday_later(day: date, count: int) -> date:
    """The `count`th day from Monday to Friday after a day."""
    from_friday = max(day.weekday() - _FRIDAY, 0)
    weekday = day.weekday() - from_friday
    weekends = (weekday + count) // _WORKDAYS
    return day + timedelta(days=count + _WEEKEND * weekends - from_friday)
