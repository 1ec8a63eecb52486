"""The next day of what comes back by itself while an agreement runs."""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from shared.periods import later, span

_ONE_DAY = timedelta(days=1)
_MONTHS_DIFFER = 3


class Return(NamedTuple):
    """A monitoring return: for the time until a day, due on another."""

    until: date
    due_on: date


def next_review(month: int, start: date, end: date, today: date) -> date | None:
    """The last day of the next such month, from today's, that the agreement runs through."""
    day = today.replace(day=1) + relativedelta(month=month, day=31)
    if day < today:
        day += relativedelta(years=1, day=31)
    while day.replace(day=1) < start:
        day += relativedelta(years=1, day=31)
    return day if day <= end else None


@lru_cache(maxsize=8192)
def next_yearly(every: str, start: date, end: date, today: date) -> date | None:
    """The next of the days that come `every` so long from the start, before the end."""
    day = _at(every, start, _first(every, start, today))
    return day if day < end else None


@lru_cache(maxsize=8192)
def next_return(every: str, within: str, start: date, end: date, today: date) -> Return | None:
    """The next return that is not overdue; the last one is for the time until the end."""
    number = max(1, _first(every, start, today) - 1)
    while True:
        until = min(_at(every, start, number) - _ONE_DAY, end)
        if (due := later(until, within)) >= today:
            return Return(until, due)
        if until == end:
            return None
        number += 1


def _first(every: str, start: date, today: date) -> int:
    """The number of the first such day from today."""
    most = (_at(every, start, 1) - start).days + _MONTHS_DIFFER
    number = max(1, (today - start).days // most)
    while _at(every, start, number) < today:
        number += 1
    return number


def _at(every: str, start: date, number: int) -> date:
    """The day so many periods from the start: lengths are summed before they are added."""
    return start + span(every) * number
