"""Days, months and financial years: which days count, and which months they cover whole.

A span is two days that both count. A financial year is named by its first year: `2024-25` is
1 April 2024 to 31 March 2025.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from shared.errors import Rejected

_DAY = timedelta(days=1)
_YEAR = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_FIRST_MONTH = 4
_DECEMBER = 12
_YEARS = range(1989, 2101)
"""Years in which financial years begin that hold days of 1990 to 2100."""
_QUARTERS = {"Q1": 4, "Q2": 7, "Q3": 10, "Q4": 1}


class Span(NamedTuple):
    """Days from `since` to `until`, both counted; date.min and date.max stand for open ends."""

    since: date = date.min
    until: date = date.max


def join_spans(spans: Iterable[Span]) -> list[Span]:
    """The same days as the fewest spans: those that overlap or adjoin become one, in order."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.since <= span.until):
        last = joined[-1] if joined else None
        if last is None or (last.until != date.max and span.since > last.until + _DAY):
            joined.append(span)
        else:
            joined[-1] = Span(last.since, max(last.until, span.until))
    return joined


def clip(spans: Iterable[Span], to: Span) -> list[Span]:
    """The days of `spans` that lie in `to`."""
    both = (Span(max(span.since, to.since), min(span.until, to.until)) for span in spans)
    return [span for span in both if span.since <= span.until]


def first_of_month(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    if day.month == _DECEMBER:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - _DAY


def months_in_part(span: Span) -> set[date]:
    """The months, by their first days, that the span covers only in part: two at most."""
    found = set()
    if span.since != first_of_month(span.since):
        found.add(first_of_month(span.since))
    if span.until != last_of_month(span.until):
        found.add(first_of_month(span.until))
    return found


class Cover(NamedTuple):
    """A span as the months that it covers whole and the days at its ends that remain."""

    months: Span | None
    days: list[Span]


def cover(span: Span) -> Cover:
    """Split a span: `months` holds the first days of its first and last whole month."""
    first, last = first_of_month(span.since), first_of_month(span.until)
    starts_within, ends_within = span.since != first, span.until != last_of_month(span.until)
    if first == last and (starts_within or ends_within):
        return Cover(None, [span])
    days = []
    if starts_within:
        days.append(Span(span.since, last_of_month(first)))
        first = last_of_month(first) + _DAY
    if ends_within:
        days.append(Span(last, span.until))
        last = first_of_month(last - _DAY)
    return Cover(Span(first, last) if first <= last else None, days)


class Years(NamedTuple):
    """Months as the financial years that they are whole and the months at their ends that remain.

    `years` holds the first and the last year, each named by the one in which it begins.
    """

    years: tuple[int, int] | None
    months: list[Span]


def whole_years(months: Span) -> Years:
    """Split months, given by the first days of the first and the last one.

    An open end is the end of a year: no day lies beyond it.
    """
    first, after = months.since.year, months.until.year
    rest = []
    if months.since == date.min:
        first -= 1
    elif months.since.month != _FIRST_MONTH:
        first += months.since.month > _FIRST_MONTH
        rest.append(Span(months.since, date(first, _FIRST_MONTH - 1, 1)))
    if months.until == first_of_month(date.max):
        after += 1
    elif months.until.month != _FIRST_MONTH - 1:
        after -= months.until.month < _FIRST_MONTH
        rest.append(Span(date(after, _FIRST_MONTH, 1), months.until))
    return Years((first, after - 1), rest) if first < after else Years(None, [months])


def financial_year(label: str, field: str = "financial_year") -> Span:
    """The days of the year that `2024-25` names; Rejected when no year has that name, or when no
    payment and no agreement can have a day in it: their days are of 1990 to 2100.
    """
    match = _YEAR.fullmatch(label)
    if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
        raise Rejected(f"{label[:20]!r} is not a financial year such as 2024-25", field)
    first = int(match[1])
    if first not in _YEARS:
        ends = f"{year_label(_YEARS[0])} to {year_label(_YEARS[-1])}"
        raise Rejected(f"{label!r} is none of the years that can be asked for: {ends}", field)
    return Span(date(first, _FIRST_MONTH, 1), date(first + 1, _FIRST_MONTH - 1, 31))


def quarter_named(label: str) -> Span:
    """The days of the quarter that `2024-25 Q1` names; Rejected when none has that name."""
    year, _, number = label.rpartition(" ")
    if number not in _QUARTERS or _YEAR.fullmatch(year) is None:
        raise Rejected(f"{label[:20]!r} is not a quarter such as `2024-25 Q1`", "quarter")
    try:
        days = financial_year(year)
    except Rejected as error:
        raise Rejected(error.reason, "quarter") from error
    first = _QUARTERS[number]
    since = days.since.replace(month=first) if first != 1 else days.until.replace(month=1, day=1)
    return Span(since, last_of_month(since.replace(month=first + 2)))


def month_named(label: str, field: str) -> date:
    """The first day of the month that `2024-04` names; Rejected when none has that name."""
    match = _MONTH.fullmatch(label)
    if match is None or not 1 <= int(match[2]) <= _DECEMBER:
        raise Rejected(f"{label[:20]!r} is not a month such as 2024-04", field)
    if int(match[1]) not in _YEARS:
        ends = f"{_YEARS[0]} to {_YEARS[-1]}"
        raise Rejected(f"{label!r} is no month of the years that can be asked for: {ends}", field)
    return date(int(match[1]), int(match[2]), 1)


def year_label(first: int) -> str:
    """The name of the financial year that starts in April of year `first`."""
    return f"{first:04d}-{(first + 1) % 100:02d}"


def quarter_label(first: date) -> str:
    """The name of a quarter of a financial year by its first day: `2024-25 Q1` begins in April."""
    since_april = (first.month - _FIRST_MONTH) % 12
    year = first.year if first.month >= _FIRST_MONTH else first.year - 1
    return f"{year_label(year)} Q{1 + since_april // 3}"
