"""Notice arithmetic: calendar months by the corresponding date rule.

A period of months runs from the day of service, which is not counted, and ends at the end of the
day with the same number in the last month: Dodds v Walker [1981] 1 WLR 1027 (HL). Where that month
lacks the day, the period ends on the month's last day, and nothing sticks to month ends: served on
30 September, four months end on 30 January.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from dateutil.relativedelta import relativedelta

ValueT = TypeVar("ValueT")
_ONE_DAY = timedelta(days=1)
_LONGEST_CLAMP = timedelta(days=4)  # 31 clamped to 28, and the one day more of clear days


@dataclass(frozen=True, slots=True)
class Decision(Generic[ValueT]):
    """What a rule decided, and which rule did."""

    value: ValueT
    rule: str


def add_months(day: date, months: int) -> date:
    """The corresponding date, `months` later (earlier when negative)."""
    return day + relativedelta(months=months)


def expiry(served: date, months: int, *, clear: bool = False) -> date:
    """Last day of a notice served on `served`; counted in clear days it is one day longer."""
    last = add_months(served, months)
    return last + _ONE_DAY if clear else last


def latest_service(end: date, months: int, *, clear: bool = False) -> date:
    """Last day of service from which a notice expires by `end`.

    Searched forward: adding months is not undone by taking them away (28 February less six months
    is 28 August, yet a notice served on 31 August ends on 28 February as well).
    """
    day = add_months(end, -months) - _LONGEST_CLAMP
    while expiry(day + _ONE_DAY, months, clear=clear) <= end:
        day += _ONE_DAY
    return day


def latest_safe_service(end: date, months: int) -> Decision[date]:
    """Last day to serve a notice that expires by `end` however its months are counted.

    Contracts that say "not less than" may be read as clear days, both ends excluded (Re Hector
    Whaling [1936] Ch 208); the earlier of the two readings is advised.
    """
    plain = latest_service(end, months)
    clear = latest_service(end, months, clear=True)
    if clear == plain:
        return Decision(plain, "corresponding date rule, in clear days too")
    return Decision(
        clear,
        "corresponding date rule counted in clear days, the more careful reading "
        f"(without them {in_words(plain)})",
    )


def in_words(day: date) -> str:
    """The day as a letter writes it: 31 March 2027."""
    return f"{day.day} {day:%B %Y}"
