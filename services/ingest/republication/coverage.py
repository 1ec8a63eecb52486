"""Of which days a published file is: what it says nothing of there is no longer stated.

Bodies publish months. A file whose first payment is of the 2nd is of the 1st as well, and one
that begins on the 15th says nothing of the 14th: it is a window, or half of a month.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

_DAY = timedelta(days=1)
_HALF_A_MONTH = timedelta(days=15)


class Span(NamedTuple):
    """A first and a last day, both of them within."""

    first: date
    last: date

    def holds(self, other: "Span") -> bool:
        """Whether the other lies within this one."""
        return self.first <= other.first and other.last <= self.last

    def months(self) -> "Span":
        """The calendar months that it touches, whole."""
        return Span(self.first.replace(day=1), _month_end(self.last))


def covered(days: Sequence[date], named: date | None = None) -> Span:
    """The days that a file is of, by the days of its payments in order and the month it names.

    A named month (any day of it) is covered whole where every payment lies within. Else a file
    covers its first and its last month to their ends where it comes as near to them as its payments
    lie apart, half a month at most; with one pay day alone, always.
    """
    first, last = days[0], days[-1]
    if named is not None and (month := Span(named, named).months()).holds(Span(first, last)):
        return month
    apart = max((later - earlier for earlier, later in pairwise(days)), default=None)
    whole = Span(first, last).months()
    if apart is None:
        return whole
    apart = min(apart, _HALF_A_MONTH)
    return Span(
        whole.first if first - whole.first <= apart else first,
        whole.last if whole.last - last <= apart else last,
    )


def reached(earlier: Span, later: Span) -> Span:
    """Those days of the earlier file that the later one surely states whole; none: last is before.

    A window may be cut off in the middle of its first and its last day, a month is not.
    """
    first, last = earlier.first, earlier.last
    if first < later.first:
        first = later.first if later.first.day == 1 else later.first + _DAY
    if later.last < last:
        last = later.last if later.last == _month_end(later.last) else later.last - _DAY
    return Span(first, last)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
