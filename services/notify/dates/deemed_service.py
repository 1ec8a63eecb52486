"""From sending to service: when what was sent counts as served, by the agreement's own rule.

There is no rule where the agreement has none: CPR 6.26 is for court documents, not for contracts.
"""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from services.notify.dates.words import in_words
from services.notify.dates.working_days import Calendar
from shared.notice_terms import DeemedService

_ONE_DAY = timedelta(days=1)


class SendBy(NamedTuple):
    """The last day to send by a channel, and before which hour of it (None: at any)."""

    channel: str
    day: date
    before: time | None

    @property
    def in_words(self) -> str:
        """As in `sent by post it counts as served by then if sent by Monday 28 September 2026`."""
        before = f" before {self.before:%H:%M}" if self.before else ""
        by = f"{self.day:%A} {in_words(self.day)}{before}"
        channel = self.channel.replace("-", " ")
        return f"sent by {channel} it counts as served by then if sent by {by}"


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


def send_by(served_by: date, deemed: DeemedService, calendar: Calendar) -> SendBy:
    """By when to send by the channel so that it counts as served by a day."""
    day = latest_sending(served_by, deemed.rule, calendar)
    return SendBy(deemed.channel, day, latest_hour(deemed.rule))


def doubt_of_service(rule: str, sent: date, served: date, calendar: Calendar) -> str | None:
    """What is not known of the bank holidays by which service was counted, if it was."""
    read = _read(rule)
    counted = read.working_days or read.then_working_day
    return calendar.doubt(sent, served) if counted else None
