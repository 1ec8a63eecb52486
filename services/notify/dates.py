"""Notice arithmetic: months by the corresponding date rule, weeks and days by counting.

A period of months or years runs from the day of service, which is not counted, and ends at the end
of the day with the same number in the last month: Dodds v Walker [1981] 1 WLR 1027 (HL). Where that
month lacks the day, the period ends on the month's last day, and nothing sticks to month ends:
served on 30 September, four months end on 30 January. Periods are written as ISO 8601 has them.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Generic, TypeVar

from dateutil.relativedelta import relativedelta

ValueT = TypeVar("ValueT")
_ONE_DAY = timedelta(days=1)
_LONGEST_CLAMP = timedelta(days=4)  # 31 clamped to 28, and the one day more of clear days
_UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}


@dataclass(frozen=True, slots=True)
class Decision(Generic[ValueT]):
    """What a rule decided, and which rule did."""

    value: ValueT
    rule: str


@lru_cache(maxsize=1024)
def _parts(period: str) -> dict[str, int]:
    found = re.findall(r"([0-9]+)([YMWD])", period)
    return {_UNITS[unit]: int(number) for number, unit in found}


@lru_cache(maxsize=1024)
def _step(period: str) -> relativedelta:
    return relativedelta(**_parts(period))  # type: ignore[arg-type]  # it has weeks beside days


def later(day: date, period: str) -> date:
    """The day a period later: the corresponding date of its months, then its weeks and days."""
    return day + _step(period)


def earlier(day: date, period: str) -> date:
    """The day a period earlier; not the inverse of `later`."""
    return day - _step(period)


def expiry(served: date, period: str, *, clear: bool = False) -> date:
    """Last day of a notice served on `served`; counted in clear days it is one day longer."""
    last = later(served, period)
    return last + _ONE_DAY if clear else last


def latest_service(end: date, period: str, *, clear: bool = False) -> date:
    """Last day of service from which a notice expires by `end`.

    Searched forward: adding months is not undone by taking them away (28 February less six months
    is 28 August, yet a notice served on 31 August ends on 28 February as well).
    """
    day = earlier(end, period) - _LONGEST_CLAMP
    while expiry(day + _ONE_DAY, period, clear=clear) <= end:
        day += _ONE_DAY
    return day


def latest_safe_service(end: date, period: str) -> Decision[date]:
    """Last day to serve a notice that expires by `end` however it is counted.

    Contracts that say "not less than" may be read as clear days, both ends excluded (Re Hector
    Whaling [1936] Ch 208); the earlier of the two readings is advised.
    """
    plain = latest_service(end, period)
    clear = latest_service(end, period, clear=True)
    parts = _parts(period)
    rule = "corresponding date rule" if parts.keys() & {"years", "months"} else "days counted"
    if clear == plain:
        return Decision(plain, f"{rule}, in clear days too")
    if rule == "corresponding date rule":
        rule += " counted"
    return Decision(
        clear,
        f"{rule} in clear days, the more careful reading (without them {in_words(plain)})",
    )


def in_words(day: date) -> str:
    """The day as a letter writes it: 31 March 2027."""
    return f"{day.day} {day:%B %Y}"


def period_in_words(period: str) -> str:
    """As in `6 months`, `1 year and 6 months`."""
    said = [
        f"{number} {unit.removesuffix('s') if number == 1 else unit}"
        for unit, number in _parts(period).items()
    ]
    return " and ".join(filter(None, [", ".join(said[:-1]), said[-1]]))


def notice_in_words(period: str) -> str:
    """As in `6 months' notice`."""
    words = period_in_words(period)
    return f"{words}' notice" if words.endswith("s") else f"{words}'s notice"
