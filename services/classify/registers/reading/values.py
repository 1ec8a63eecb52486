"""Values of a published table's cells, and the fault that says where one can't be."""

import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from shared.errors import Rejected

_DAY_IN_NAME = re.compile(
    r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?(0[1-9]|[12]\d|3[01]))?(?!\d)"
)


def fault(path: Path, row: int, column: str, reason: str) -> Rejected:
    """The error that says where a register can't be read."""
    place = f"row {row}" + (f", column `{column}`" if column else "")
    return Rejected(f"{path.name}, {place}: {reason}", column, row)


def read_day(path: Path, row: int, column: str, text: str, form: str) -> date:
    """The day that a cell prints in the strptime form; a time of day behind it is dropped."""
    try:
        return _day(text.strip(), form)
    except ValueError as error:
        raise fault(path, row, column, f"{text!r} is not a day") from error


@lru_cache(maxsize=1 << 17)
def _day(text: str, form: str) -> date:
    """A register prints few days many times: 5.5 million companies 45,000 of them."""
    day = re.split(r"[ T]", text, maxsplit=1)[0]
    return datetime.strptime(day, form).date()  # noqa: DTZ007 - a day has no zone


def read_day_if_given(path: Path, row: int, column: str, text: str, form: str) -> date | None:
    """The day that a cell prints, None where it is empty."""
    return read_day(path, row, column, text, form) if text.strip() else None


def read_pounds(path: Path, row: int, column: str, text: str) -> int | None:
    """The whole pounds that a cell prints, None where it is empty."""
    if not text.strip():
        return None
    try:
        return round(float(text.replace(",", "")))
    except (ValueError, OverflowError) as error:
        raise fault(path, row, column, f"{text!r} is not an amount of pounds") from error


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
