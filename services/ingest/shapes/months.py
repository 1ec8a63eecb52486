"""Months as tables print them where they print no day: a payment is then of the last day of it.

Accounts of a month are drawn up at its end, and every statement, threshold and financial year of
Local Pound goes by whole months; the first day would place a payment before it was made.
"""

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Any

from services.ingest.shapes.cells import as_text
from services.ingest.shapes.dates import month_number, parse_day
from services.ingest.shapes.vocabulary import plain_header

_NAME = r"(?P<name>[a-z]{3,9})"
_YEAR = r"(?P<year>(?:19|20)\d{2}|\d{2})"
_FINANCIAL_YEAR = r"(?P<first>20\d{2}|\d{2}) ?[-/] ?(?P<second>20\d{2}|\d{2})"
_PERIOD = r"(?:period|month|p|m) ?(?P<period>\d{1,2})"
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"{_NAME}[ .,/_'-]*{_YEAR}",
        rf"(?P<year>(?:19|20)\d{{2}})[ /_-]*{_NAME}",
        r"(?P<year>20\d{2})[-/ ]?(?P<month>\d{2})",
        r"(?P<month>\d{1,2})[-/](?P<year>20\d{2})",
        rf"{_PERIOD},? ?\(?{_FINANCIAL_YEAR}\)?",
        rf"{_FINANCIAL_YEAR},? ?{_PERIOD}",
        _PERIOD,
        _NAME,
    )
)
_NUMBERED = re.compile(r"20\d{2}[-/ ]?\d{2}|\d{1,2}[-/]20\d{2}", re.ASCII)
_SHORT_YEAR = re.compile(r"([a-z]{3,9})[ .,/_'-]*(\d{2})", re.ASCII | re.IGNORECASE)
_YEARS_NAMED = re.compile(r"(?<!\d)(20\d{2})[ _]?[-/_][ _]?(20\d{2}|\d{2})(?!\d)")
_MONTH_NAMED = re.compile(
    r"(?<![a-z])[a-z]{3,9}[ ._'-]*(?:20)?\d{2}(?!\d)|(?<!\d)20\d{2}[ _.-]?[a-z]{3,9}(?![a-z])"
    r"|(?<!\d)20\d{2}[-_ ]?(?:0[1-9]|1[0-2])(?!\d)",
    re.IGNORECASE,
)
_YEARLESS = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ /.-]?(?P<name>[a-z]{3,9})", re.IGNORECASE
)
_IN_YEAR, _APRIL, _HALF = 12, 4, 6
_CENTURY = 2000
Years = tuple[int, ...]
"""The year of each month from January on; none where nothing tells."""
RULE = "each payment is of the last day of its month (Period 1 and M01 are April)"


@lru_cache(maxsize=5_000)
def month_end(text: str, years: Years = ()) -> date | None:
    """The last day of the month that a text says, None where it says none.

    `years` are those that each month is of where a text says none (`years_named`).
    """
    for pattern in _PATTERNS:
        if (match := pattern.fullmatch(text)) is None:
            continue
        said = match.groupdict()
        if said.get("period"):
            month = (min(int(said["period"]), _IN_YEAR) + _APRIL - 2) % _IN_YEAR + 1
            starts = _first_year(said.get("first"), said.get("second"))
            year = None if starts is None else starts + (month < _APRIL)
        else:
            month = int(said["month"]) if said.get("month") else month_number(said["name"])
            year = _full(said["year"]) if said.get("year") else None
        if year is None and years and 1 <= month <= _IN_YEAR:
            year = years[month - 1]
        if year is None or not 1 <= month <= _IN_YEAR or said.get("period") in {"0", "00"}:
            return None
        return date(year, month, monthrange(year, month)[1])
    return None


def end_of_month(day: date) -> date:
    """The last day of the month of a day."""
    return date(day.year, day.month, monthrange(day.year, day.month)[1])


def day_of_year_named(text: str, years: Years) -> date | None:
    """The day of a text such as `01-Apr`, which says no year, in the year that is named for it."""
    if not years or (match := _YEARLESS.fullmatch(text)) is None:
        return None
    month = month_number(match["name"])
    try:
        return date(years[month - 1], month, int(match["day"])) if month else None
    except ValueError:
        return None


def can_be_dated(values: list[Any], header: str) -> bool:
    """Whether all values are days, or name a month and its year, so that none can be mistaken.

    Under a header that speaks of a period `202101` may be January or April, and where one month has
    more numbers beside it than there are months `May-08` may be the 8th.
    """
    texts = [text for text in map(as_text, values) if text is not None]
    if texts and all(parse_day(text) is not None for text in texts):
        return True
    if not texts or any(month_end(text) is None for text in texts):
        return False
    if any(map(_NUMBERED.fullmatch, texts)):
        plain = plain_header(header)
        return "month" in plain or ("date" in plain and "period" not in plain)
    short = [match.groups() for match in map(_SHORT_YEAR.fullmatch, texts) if match is not None]
    names, numbers = ({each[place].casefold() for each in short} for place in (0, 1))
    return len(numbers) <= max(2, len(names))


def years_named(text: str) -> Years:
    """The year of each month by the one financial year, or the one month, of a name or title.

    In a file of January 2021 a payment of December is of the year before. None where nothing tells.
    """
    financial = set(financial_years(text).values())
    if len(financial) == 1:
        [first] = financial
        return tuple(first + (month < _APRIL) for month in range(1, _IN_YEAR + 1))
    named = {end for match in _MONTH_NAMED.finditer(text) if (end := month_end(match[0].strip()))}
    if financial or len(named) != 1:
        return ()
    [end] = named
    return tuple(
        end.year + (end.month - month > _HALF) - (month - end.month > _HALF)
        for month in range(1, _IN_YEAR + 1)
    )


def financial_years(text: str) -> dict[str, int]:
    """The financial years that a text names, as it writes them, and the first year of each."""
    found = {match[0]: _first_year(*match.groups()) for match in _YEARS_NAMED.finditer(text)}
    return {said: first for said, first in found.items() if first is not None}


def _first_year(first: str | None, second: str | None) -> int | None:
    if first is None or second is None or (_full(first) + 1) % 100 != int(second) % 100:
        return None
    return _full(first)


def _full(year: str) -> int:
    return int(year) if len(year) > 2 else _CENTURY + int(year)  # noqa: PLR2004
