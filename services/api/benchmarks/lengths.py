"""For how long agreements run, and how many for a year or less."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from shared.periods import later

_DAY = timedelta(days=1)
_DAYS_A_MONTH = 365.25 / 12
A_YEAR, THREE_YEARS, FIVE_YEARS = "P1Y", "P3Y", "P5Y"


class Term(NamedTuple):
    """An agreement's first and last day, and its pence a year."""

    start: date
    end: date | None
    annual_pence: int


class Lengths(NamedTuple):
    """Of agreements: how many record no end; of the others the mean length in months, each counting
    once, and how many run for a year or less, with their pence a year.
    """

    agreements: int
    pence: int
    without_end: int
    average_months: float | None
    one_year: int
    one_year_pence: int


def is_a_year_or_less(start: date, end: date) -> bool:
    """Whether a term of these first and last days is no longer than a year."""
    return end <= last_day(start, A_YEAR)


def last_day(start: date, period: str) -> date:
    """The last day of a term that runs for a period."""
    return later(start, period) - _DAY


def measure_lengths(terms: Iterable[Term]) -> Lengths:
    """The lengths of agreements."""
    given = list(terms)
    ending = [(one, one.end) for one in given if one.end is not None]
    short = [one for one, end in ending if is_a_year_or_less(one.start, end)]
    days = sum((end - one.start).days + 1 for one, end in ending)
    return Lengths(
        len(given),
        sum(one.annual_pence for one in given),
        len(given) - len(ending),
        round(days / len(ending) / _DAYS_A_MONTH, 1) if ending else None,
        len(short),
        sum(one.annual_pence for one in short),
    )
