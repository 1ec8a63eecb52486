"""Values of a published table's cells, and the fault that says where one can't be."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from shared.errors import Rejected

_DAY_IN_NAME = re.compile(
    r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?(0[1-9]|[12]\d|3[01]))?(?!\d)"
)

# A year that begins with 0 is a slip: the oldest bodies on a register are guilds and schools with
# charters of the middle ages.
_FIRST_DAY = date(1000, 1, 1)
# Publishers east of here may be a day ahead.
_AHEAD = timedelta(days=1)
_PLANNED_AHEAD = timedelta(days=20 * 366)
# A hundred times the income of the largest charity.
_MOST_POUNDS = 100_000_000_000


def fault(path: Path, row: int, column: str, reason: str) -> Rejected:
    """The error that says where a register can't be read."""
    place = f"row {row}" + (f", column `{column}`" if column else "")
    return Rejected(f"{path.name}, {place}: {reason}", column, row)


def read_day(
    path: Path, row: int, column: str, text: str, form: str, *, planned: bool = False
) -> date:
    """The day that a cell prints in the strptime form; a time of day behind it is dropped.

    A day ahead of today is one only where the publisher prints what is `planned`.
    """
    try:
        return _day(text.strip(), form, planned)
    except ValueError as error:
        raise fault(path, row, column, f"{text!r} {error}") from error


@lru_cache(maxsize=1 << 17)
def _day(text: str, form: str, planned: bool) -> date:
    """A register prints few days many times: 5.5 million companies 45,000 of them."""
    try:
        day = datetime.strptime(re.split(r"[ T]", text, maxsplit=1)[0], form).date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise ValueError("is not a day") from error
    if day < _FIRST_DAY:
        raise ValueError("is before the year 1000")
    if lies_ahead(day, _PLANNED_AHEAD if planned else _AHEAD):
        raise ValueError("lies ahead of today")
    return day


def lies_ahead(day: date, by: timedelta = _AHEAD) -> bool:
    """Whether a day is further ahead of today than a publisher's can be."""
    return day > datetime.now(UTC).date() + by


def read_day_if_given(
    path: Path, row: int, column: str, text: str, form: str, *, planned: bool = False
) -> date | None:
    """The day that a cell prints, None where it is empty."""
    return read_day(path, row, column, text, form, planned=planned) if text.strip() else None


def read_pounds(path: Path, row: int, column: str, text: str) -> int | None:
    """The whole pounds that a cell prints, None where it is empty.

    They may be less than nothing: investments that lose are printed so (Northern Ireland, 2020).
    """
    if not text.strip():
        return None
    try:
        pounds = round(float(text.replace(",", "")))
    except (ValueError, OverflowError) as error:
        raise fault(path, row, column, f"{text!r} is not an amount of pounds") from error
    if abs(pounds) > _MOST_POUNDS:
        raise fault(path, row, column, f"{text!r} is more than any organisation's pounds")
    return pounds


def day_in_name(path: Path) -> date | None:
    """The day that a file's name tells, as 2026-11-01 or 20261101; a month means its first day."""
    found = _DAY_IN_NAME.search(path.name)
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        return None


def joined(*parts: str) -> str | None:
    """The parts of an address that are given, in one line."""
    return ", ".join(part for each in parts if (part := each.strip(" ,"))) or None


def none_of(missing: Sequence[str], present: Sequence[str]) -> str:
    """What is wrong with a table that lacks columns: every one that is missing, all there are."""
    rest = f", and so are {', '.join(missing[1:])}" if missing[1:] else ""
    return f"missing{rest}; there are: {', '.join(present)}"
