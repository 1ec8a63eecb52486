"""From sending to service: when what was sent counts as served, by the agreement's own rule.

There is no rule where the agreement has none: CPR 6.26 is for court documents, not for contracts.
"""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from services.notify.dates.working_days import Calendar

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Rule:
    count: int
    working_days: bool
    then_working_day: bool
    until: time | None


@lru_cache(maxsize=256)
def _read(rule: str) -> _Rule:
    found = re.fullmatch(r"([0-9]+)(WD|D)(\+WD)?(?:@([0-9:]+))?", rule)
    if found is None:
        raise ValueError(f"no rule of deemed service: {rule}")
    count, unit, then, until = found.groups()
    return _Rule(int(count), unit == "WD", bool(then), time.fromisoformat(until) if until else None)


def latest_hour(rule: str) -> time | None:
    """Before which hour of the day it must be sent to count as sent on it; None: at any hour."""
    return _read(rule).until


def served_on(sent: date, rule: str, calendar: Calendar, *, late: bool = False) -> date:
    """The day of service of what is sent on a day, `late` when not before the rule's hour."""
    read = _read(rule)
    if late:
        sent += _ONE_DAY
    if read.working_days:
        if read.count == 0 or read.until is not None:
            sent = calendar.working_day_from(sent)
        return calendar.working_day_after(sent, read.count) if read.count else sent
    served = sent + timedelta(days=read.count)
    return calendar.working_day_from(served) if read.then_working_day else served


def latest_sending(served_by: date, rule: str, calendar: Calendar) -> date:
    """The last day to send, before the rule's hour, so that it counts as served by a day."""
    day = served_by - timedelta(days=_read(rule).count)
    while served_on(day, rule, calendar) > served_by:
        day -= _ONE_DAY
    while served_on(day + _ONE_DAY, rule, calendar) <= served_by:
        day += _ONE_DAY
    return day
