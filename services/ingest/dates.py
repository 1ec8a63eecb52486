"""Days as finance systems write them in files."""

import re
from datetime import date, datetime
from functools import lru_cache

from shared.errors import Rejected

# In each pattern the groups are named, so that no order has to be guessed: day before month, as
# every UK public body prints it.
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?Z?)?",
        r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})(?: 00:00(?::00)?)?",
        r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<short>\d{2})",
        r"(?P<day>\d{1,2})[ -](?P<name>[a-z]{3,9})[ -](?P<year>\d{4})",
        r"(?P<day>\d{1,2})[ -](?P<name>[a-z]{3,9})[ -](?P<short>\d{2})",
    )
)
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


def read_day(value: object, field: str) -> date:
    """A day from a date, or from text such as 2024-04-30, 30/04/2024, 30.4.24, 30-Apr-2024.

    Two digits of a year are of this century; midnight may follow. Rejected for anything else: a
    date that must be guessed at is none.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    if not text:
        raise Rejected(f"{field} is blank", field)
    day = _parse(text)
    if day is None:
        raise Rejected(f"{field} is not a date such as 2024-04-30 or 30/04/2024", field)
    return day


@lru_cache(maxsize=20_000)
def _parse(text: str) -> date | None:
    for pattern in _PATTERNS:
        if (match := pattern.fullmatch(text)) is not None:
            parts = match.groupdict()
            year = parts.get("year") or f"20{parts['short']}"
            month = parts.get("month") or _month(parts["name"])
            try:
                return date(int(year), int(month), int(parts["day"]))
            except ValueError:
                return None
    return None


def _month(name: str) -> str:
    """The number of a month by its name or its first three letters (`Sept` too), else 0."""
    for number, full in enumerate(_MONTHS, 1):
        if name.lower() in (full, full[:3], full[:4]):
            return str(number)
    return "0"
