"""A month of a buyer's payments, as the rules look at it; and days and months counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.api.asked.periods import Span, last_of_month
from services.api.quality.finding import Sum

_YEAR = 12


@dataclass(frozen=True)
class Month:
    """What was paid in a month, named by its first day.

    `without` has the lines that lack a field, by field, `recorded` the lines by the day on which
    they were first recorded, `thousands` the lines of exact thousands of pounds.
    """

    first: date
    sum: Sum
    without: Mapping[str, Sum]
    recorded: Mapping[date, int]
    thousands: Sum

    @property
    def last(self) -> date:
        """Its last day."""
        return last_of_month(self.first)


def later_month(month: date, months: int) -> date:
    """The first day of the month that lies so many months after, or before."""
    year, place = divmod(_YEAR * month.year + month.month - 1 + months, _YEAR)
    return date(year, place + 1, 1)


def months_between(first: date, last: date) -> int:
    """How many months `last` lies after `first`."""
    return _YEAR * (last.year - first.year) + last.month - first.month


def months_of(days: Span) -> list[date]:
    """The first days of the months in which a span of days lies; none of one that ends before it
    begins.
    """
    first = days.since.replace(day=1)
    number = months_between(first, days.until) + 1 if days.since <= days.until else 0
    return [later_month(first, after) for after in range(number)]


def runs(months: Iterable[date]) -> list[Span]:
    """The days of months, of which those that follow each other make one span."""
    numbered = enumerate(sorted(months))
    grouped = groupby(numbered, lambda pair: _YEAR * pair[1].year + pair[1].month - pair[0])
    spans: list[Span] = []
    for _, group in grouped:
        run: Sequence[date] = [month for _, month in group]
        spans.append(Span(run[0], last_of_month(run[-1])))
    return spans
