"""What comes back by itself while an agreement runs: the next of each."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from services.notify.dates.period import earlier
from services.notify.dates.words import in_words, period_in_words
from services.notify.planning.agreement import Agreement
from services.notify.planning.obligation import Obligation, identified
from services.notify.planning.plan import Plan
from shared.periods import later

_ONE_DAY = timedelta(days=1)
_MONTHS_DIFFER = 3


class Return(NamedTuple):
    """A monitoring return: for the time until a day, due on another."""

    until: date
    due_on: date


def recurring(
    agreement: Agreement, plan: Plan, start: date, end: date, today: date
) -> list[Obligation]:
    """What comes back by itself. It holds whatever the end is, so its own day stands for that."""
    found = []
    if plan.review_month and (day := next_review(plan.review_month, start, end, today)):
        rule = f"every agreement is reviewed each {day:%B}"
        first = day.replace(day=1)
        found.append(identified(agreement.agreement_id, "review", "P1Y", day, first, day, rule))
    if (contacts := plan.contacts) and (day := next_yearly(contacts.every, start, end, today)):
        rule = f"every {period_in_words(contacts.every)} from {in_words(start)}"
        told = earlier(day, contacts.told_before)
        found.append(
            identified(agreement.agreement_id, "contacts", contacts.every, day, told, day, rule)
        )
    every = plan.monitoring and plan.monitoring.every(agreement.annual_pence)
    if plan.monitoring and every:
        within = plan.monitoring.returned_within
        if of := next_return(every, within, start, end, today):
            rule = f"every {period_in_words(every)}, in proportion to its value"
            rule += f"; this is the return for the time until {in_words(of.until)}"
            due = of.due_on
            found.append(
                identified(agreement.agreement_id, "monitoring", every, due, of.until, due, rule)
            )
    return found


def next_review(month: int, start: date, end: date, today: date) -> date | None:
    """The last day of the next such month, from today's, that the agreement runs through."""
    year = today.year + (month < today.month)
    while date(year, month, 1) < start:
        year += 1
    day = date(year, month, monthrange(year, month)[1])
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
    return later(start, every, number)
