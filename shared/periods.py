"""Lengths of time as ISO 8601 writes them, added to days."""

import re
from datetime import date
from functools import lru_cache

from dateutil.relativedelta import relativedelta

_UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}


@lru_cache(maxsize=1024)
def span(period: str) -> relativedelta:
    """A `Period` such as P1Y6M as what can be added to days and to other spans."""
    found = re.findall(r"([0-9]+)([YMWD])", period)
    return relativedelta(**{_UNITS[unit]: int(number) for number, unit in found})  # type: ignore[arg-type]  # it has weeks beside days


def later(day: date, period: str) -> date:
    """The day a period later, the corresponding date of its months: 31 January, P1M, 28 February.

    Dodds v Walker [1981] 1 WLR 1027; a day that the month lacks becomes its last.
    """
    return day + span(period)
