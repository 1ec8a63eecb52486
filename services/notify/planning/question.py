"""When the end date of an agreement that records none is asked for: once a quarter.

The quarters are those of the financial year: they begin in April, July, October and January.
"""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from services.notify.planning.agreement import History

QUARTER = "P3M"
_MONTHS = 3


class Asking(NamedTuple):
    """From when a question is asked, and the last day before the next one takes its place."""

    asked_on: date
    until: date


def ask_end(history: History, today: date) -> Asking | None:
    """The question of this quarter; None where an end is recorded, also from a day ahead.

    It is asked from the first day of the quarter or of the agreement, whichever is later.
    """
    agreement = history.on(today)
    if agreement.standing != "undated" or agreement.start is None:
        return None
    if any(one.end is not None for one in history.terms if one.effective_on > today):
        return None
    first = _quarter(today)
    until = first + relativedelta(months=_MONTHS) - timedelta(days=1)
    asked_on = max(first, agreement.start)
    return Asking(asked_on, until) if asked_on <= until else None


def plan_again_on(history: History, today: date) -> date | None:
    """The first day after this one on which the agreement brings something else by itself.

    Other terms take effect, or a quarter begins in which an end is asked for.
    """
    change = history.next_change(today)
    if history.on(today).standing != "undated":
        return change
    following = _quarter(today) + relativedelta(months=_MONTHS)
    return following if change is None else min(change, following)


def _quarter(day: date) -> date:
    """The first day of the quarter of a day."""
    return day.replace(month=day.month - (day.month - 1) % _MONTHS, day=1)
