"""The day of a published list, by the name of its file."""

import re
from datetime import date

from services.ingest.shapes.dates import parse_day

_ISO = re.compile(r"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_UK = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])[-_.](0?[1-9]|1[0-2])[-_.](20\d{2})(?!\d)")
_NAMED = re.compile(
    r"(?<![a-z])(?:(\d{1,2})[ _-])?([a-z]{3,9})[ _-]?(20\d{2})(?!\d)", re.IGNORECASE
)


def edition_day(file_name: str, today: date) -> date:
    """The day, or the first day of the month, that a file's name tells; else today.

    A name that tells a day ahead tells something else, and today stands as well.
    """
    for day in _days_named(file_name):
        if day is not None and day <= today:
            return day
    return today


def _days_named(name: str) -> list[date | None]:
    found: list[date | None] = []
    if match := _UK.search(name):
        found.append(_day(match[3], match[2], match[1]))
    if match := _ISO.search(name):
        found.append(_day(match[1], match[2], match[3] or "1"))
    if match := _NAMED.search(name):
        found.append(parse_day(f"{match[1] or 1} {match[2]} {match[3]}"))
    return found


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
