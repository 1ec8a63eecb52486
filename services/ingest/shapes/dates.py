"""Days as finance systems write them in files; in which order day and month stand, a file says."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.errors import Rejected

_MIDNIGHT = r"(?:[ T]00:00(?::00(?:\.0+)?)?Z?)?"
_TIME = r"(?:[ T](?:[01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d(?:\.\d+)?)?(?: ?[ap]m)?)?"
_ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?"
_ORDINAL = r"(?:st|nd|rd|th)?"
_NAME = r"(?P<name>[a-z]{3,9})"
_DAY_AND_NAME = rf"(?:[a-z]{{3,9}},? )?(?P<day>\d{{1,2}}){_ORDINAL}[ /.-]?{_NAME}"
# In each pattern the groups are named; `first` and `second` are day and month in either order.
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?:{_TIME}{_ZONE}|{_MIDNIGHT})",
        rf"(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}}){_TIME}",
        rf"(?P<first>\d{{1,2}})[/.-](?P<second>\d{{1,2}})[/.-](?P<year>\d{{4}}){_TIME}",
        rf"(?P<first>\d{{1,2}})[/.-](?P<second>\d{{1,2}})[/.-](?P<short>\d{{2}}){_TIME}",
        rf"{_DAY_AND_NAME}\.?,?[ /.-]?(?P<year>\d{{4}}){_TIME}",
        rf"(?P<day>\d{{1,2}}){_ORDINAL}[ /.-]?{_NAME}[ /.-]?'?(?P<short>\d{{2}}){_TIME}",
        rf"(?P<year>\d{{4}})[ /.-]{_NAME}[ /.-](?P<day>\d{{1,2}}){_TIME}",
        rf"{_NAME}\.? (?P<day>\d{{1,2}}){_ORDINAL},? (?P<year>\d{{4}}){_TIME}",
        r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})",
    )
)
_ELEVEN_AT_NIGHT = re.compile(r"[ T]23:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)", re.IGNORECASE)
_UK = ZoneInfo("Europe/London")
_ORDERED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b.*", re.ASCII)
_YEAR_DAY_MONTH = re.compile(
    r"\d{4}[/.-](?:1[3-9]|2\d|3[01])[/.-](?:0?[1-9]|1[0-2])(?:[ T].*)?", re.ASCII
)
_SHORT = re.compile(r"(\d{2})[/.-](\d{1,2})[/.-](\d{2})(?:[ T].*)?", re.ASCII)
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? (?=\d)", re.IGNORECASE
)
_APART = re.compile(r"(?<=\d)\s*([/.-])\s*(?=\d)", re.ASCII)
_FIRST_YEAR = 8
"""Spending was first published in 2008."""
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_SPREADSHEET_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 32_874, 73_415
"""Days of 1990 to 2100 as a spreadsheet counts them."""
_MONTHS_IN_YEAR = 12
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


class DayOrder(Enum):
    """Which of the two stands first in 04/05/2020, or the year in 20-05-04."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    YEAR_FIRST = "year first"


EITHER_ORDER = (DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST)
"""Those that a text may be in of which nothing else is known."""


class OrderSeen(NamedTuple):
    """How many texts can only be read in one order, and what months the others would be of."""

    day_first: int
    month_first: int
    either: int
    months_day_first: frozenset[tuple[int, int]]
    months_month_first: frozenset[tuple[int, int]]


def read_day(
    value: object, field: str, order: DayOrder = DayOrder.DAY_FIRST, *, serials: bool = False
) -> date:
    """A day from a date, or from text such as 2024-04-30, 30/04/2024, 30.4.24, 30-Apr-2024.

    Two digits of a year are of this century; a time of day may follow. Numbers are days as a
    spreadsheet counts them where the file has `serials`. Rejected for anything else: a date that
    must be guessed at is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value if value is not None else "").strip()
    if not text:
        raise Rejected(f"{field} is blank", field)
    day = parse_day(text, order)
    counted = _from_serial(text) if day is None else None
    if serials and day is None:
        day = counted
    if day is None and counted is not None:
        raise Rejected(
            f"{field} is not a date but a number by which spreadsheets count days, where others of "
            "its column are dates: 45702 is 2025-02-14",
            field,
        )
    if day is None:
        raise Rejected(f"{field} is {_why_no_day(text, order)}", field)
    return day


class _Said(NamedTuple):
    year: int
    month: int
    day: int


def tidy_day(text: str) -> str:
    """The text of a day without what stands around it: `'01/04/2024`, `Mon 01 / 04 / 2024`."""
    bare = _WEEKDAY.sub("", text.strip().removeprefix("'").replace("\\", "/"))
    return _APART.sub(r"\1", bare)


@lru_cache(maxsize=20_000)
def parse_day(text: str, order: DayOrder = DayOrder.DAY_FIRST) -> date | None:
    """The day that a text says, None where it says none.

    A system that keeps its days in UTC says 2024-04-29T23:00:00Z of 30 April, in summer time.
    """
    if (said := _said_by(text, order)) is None:
        return None
    try:
        day = date(*said)
    except ValueError:
        return None
    if _ELEVEN_AT_NIGHT.search(text) is None:
        return day
    here = datetime(day.year, day.month, day.day, 23, tzinfo=UTC).astimezone(_UK)
    return here.date() if here.hour == 0 else day


def _why_no_day(text: str, order: DayOrder) -> str:
    """What a text is that says no day.

    Of a few hundred sentences: rows are counted by theirs, so none repeats the day itself.
    """
    said = _said_by(text, order)
    if said is None or said.year < date.min.year:
        return "not a date such as 2024-04-30 or 30/04/2024"
    if said.day < 1:
        return "no day of the calendar: none is numbered 0"
    if not 1 <= said.month <= _MONTHS_IN_YEAR:
        read = "" if _ORDERED.fullmatch(text) is None else f", read {order.value},"
        return f"no day of the calendar: its month{read} is {said.month}"
    name, days = _MONTHS[said.month - 1].capitalize(), monthrange(said.year, said.month)[1]
    return f"no day of the calendar: its month, {name}, has {days} days"


def _said_by(text: str, order: DayOrder) -> _Said | None:
    """Year, month and day as a text has them, whether or not the calendar does."""
    text = tidy_day(text)
    for pattern in _PATTERNS:
        if (match := pattern.fullmatch(text)) is None:
            continue
        parts = match.groupdict()
        year = parts.get("year") or f"20{parts['short']}"
        if "first" in parts:
            day, month = parts["first"], parts["second"]
            if order is DayOrder.MONTH_FIRST:
                day, month = month, day
            elif order is DayOrder.YEAR_FIRST and "short" in parts:
                year, day = f"20{day.zfill(2)}", parts["short"]
        else:
            day = parts["day"]
            if not (month := parts.get("month") or str(month_number(parts["name"]) or "")):
                return None
        return _Said(int(year), int(month), int(day))
    return None


def is_serial(value: object) -> bool:
    """Whether it may be a day as a spreadsheet counts them, as a number or as text."""
    return _from_serial(str(value)) is not None


def _from_serial(text: str) -> date | None:
    if _SERIAL.fullmatch(text) is None:
        return None
    days = int(float(text))
    return _SPREADSHEET_EPOCH + timedelta(days) if FIRST_SERIAL <= days <= LAST_SERIAL else None


def see_order(texts: Iterable[str]) -> OrderSeen:
    """What texts of days tell of their order; those that name the month, or are ISO, tell none."""
    day_first = month_first = either = 0
    months: tuple[set[tuple[int, int]], set[tuple[int, int]]] = (set(), set())
    for text in texts:
        if (match := _ORDERED.fullmatch(tidy_day(text))) is None:
            continue
        first, second = int(match[1]), int(match[2])
        year = int(match[3]) if len(match[3]) > 2 else 2000 + int(match[3])  # noqa: PLR2004
        if first > _MONTHS_IN_YEAR >= second:
            day_first += 1
            months[0].add((year, second))
        elif second > _MONTHS_IN_YEAR >= first:
            month_first += 1
            months[1].add((year, first))
        elif first <= _MONTHS_IN_YEAR and second <= _MONTHS_IN_YEAR:
            either += first != second
            months[0].add((year, second))
            months[1].add((year, first))
    return OrderSeen(day_first, month_first, either, frozenset(months[0]), frozenset(months[1]))


def may_be_year_first(texts: Iterable[str]) -> bool:
    """Whether days such as 24-04-01 may have their year first: the last part varies, not the first.

    Read as years the last parts are more than the first parts; there must be two to tell.
    """
    ordered = [match.groups() for text in texts if (match := _SHORT.fullmatch(tidy_day(text)))]
    firsts, lasts = ({int(parts[place]) for parts in ordered} for place in (0, 2))
    return (
        len(lasts) > max(1, len(firsts))
        and min(firsts) >= _FIRST_YEAR
        and all(parse_day("-".join(parts), DayOrder.YEAR_FIRST) is not None for parts in ordered)
    )


def count_year_day_month(texts: Iterable[str]) -> int:
    """How many texts can only have the day between year and month, as 2024-30-04."""
    return sum(_YEAR_DAY_MONTH.fullmatch(tidy_day(text)) is not None for text in texts)


def month_number(name: str) -> int:
    """The number of a month by its name or its first three letters (`Sept` too), else 0."""
    for number, full in enumerate(_MONTHS, 1):
        if name.lower() in (full, full[:3], full[:4]):
            return number
    return 0


MONTH_WORDS = f"(?:{'|'.join(f'{name[:3]}(?:{name[3:]})?|{name[:4]}' for name in _MONTHS)})"
"""The names of months and what is short for them, as a pattern."""
_NAMED_MONTH = re.compile(
    rf"(?<![a-z])({MONTH_WORDS})"
    r"(?![a-z])[ _.,'-]*((?:20)?\d{2})?(?!\d)",
    re.IGNORECASE,
)
_NUMBERED_MONTH = re.compile(r"(?<!\d)(20\d{2})[ _.-]?(0[1-9]|1[0-2])(?!\d)")


def months_named(text: str) -> frozenset[int]:
    """The months of the year that a file's name or title names: `April 2020`, `2020-04`."""
    named = {month_number(match[1]) for match in _NAMED_MONTH.finditer(text)}
    numbered = {int(match[2]) for match in _NUMBERED_MONTH.finditer(text)}
    return frozenset((named | numbered) - {0})
