"""Days of agreements as registers give them: a day, words that there is none, or neither."""

import re
from datetime import date, datetime
from typing import Any, NamedTuple

from services.ingest.shapes.cells import as_text, is_blank
from services.ingest.shapes.dates import EITHER_ORDER, parse_day, read_day
from services.ingest.shapes.day_form import DayForm
from shared.errors import Rejected

_OPEN = re.compile(
    r"(?:on[ -]?going|rolling(?: (?:contract|annual|monthly|basis))*|open[ -]?ended|continuous|"
    r"perpetual|indefinite(?:ly)?|no end(?: date)?|none|evergreen|until terminated|permanent|"
    r"in perpetuity)\.?",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"(?:t\.?b\.?[acd]\.?|to be (?:confirmed|agreed|advised|determined)|n[/.]?[ak]\.?|not "
    r"(?:applicable|known|stated|set|available)|unknown|various|no|yes|see .{1,60}|pending|-+|\?+|"
    r"null|nan|0)",
    re.IGNORECASE,
)
_MONTH_ONLY = re.compile(r"[a-z]{3,9}\.?[ '/-]+\d{2,4}|\d{1,2}[/-]\d{4}|\d{4}-\d{2}", re.IGNORECASE)
_YEAR_ONLY = re.compile(r"(?:FY ?)?\d{4}(?: ?[/-] ?\d{2,4})?", re.IGNORECASE)
_OFFSET = re.compile(r"(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:?\d{0,2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")


class NoDay(NamedTuple):
    """The words that stand in a day's place; `is_open`: they say that there is no such day."""

    words: str
    is_open: bool


def read_register_day(value: Any, field: str, form: DayForm) -> date | NoDay | None:
    """The day of a cell; `NoDay` for words such as TBC or Rolling; None for a blank cell.

    Rejected: digits that are no day of the calendar, or a month or a year alone: notice runs to a
    day, and which one nobody but the buyer can say.
    """
    if isinstance(value, datetime | date):
        return read_day(value, field)
    text = as_text(value)
    if is_blank(value) or text is None:
        return None
    if is_open(text) or _UNKNOWN.fullmatch(text):
        return NoDay(text, is_open(text))
    day = _day(text, field, form)
    if day is not None:
        return day
    label = field.replace("_", " ")
    if _MONTH_ONLY.fullmatch(text) or _YEAR_ONLY.fullmatch(text):
        raise Rejected(
            f"the {label} is a month or a year without its day: notice runs to a day, give it in "
            "full",
            field,
        )
    if any(map(str.isdigit, text)):
        raise Rejected(f"the {label} is no day of the calendar: give one such as 31/03/2027", field)
    raise Rejected(
        f"the {label} is words: give a day such as 31/03/2027, or nothing until it is known", field
    )


def is_open(text: str) -> bool:
    """Whether words in the place of an end say that there is none: Ongoing, Rolling."""
    return _OPEN.fullmatch(text.strip()) is not None


def _day(text: str, field: str, form: DayForm) -> date | None:
    """With a time and its offset, as standards write it, the day that is printed."""
    if (match := _OFFSET.fullmatch(text)) is not None:
        text = match[1]
    try:
        return read_day(text, field, form.order, serials=form.serials)
    except Rejected:
        return None


_RANGE = re.compile(r"(.*\d)\s*(?:-|\u2013|to|until)\s*(\d.*)", re.IGNORECASE)


def read_span(text: str) -> tuple[date | None, date | None] | None:
    """First and last day that the text of a grant's period names, each None where it names none.

    `01/04/15 - 30/09/15` has both; a single day is the last. None where it names no day, or one
    that reads otherwise with the month first: lists mix both orders in one column.
    """
    plain = " ".join(text.split())
    if (match := _RANGE.fullmatch(plain)) and (first := _certain(match[1])):
        last = _certain(match[2])
        return (first, last) if last is not None and first <= last else None
    last = _certain(plain)
    return None if last is None else (None, last)


def _certain(text: str) -> date | None:
    """The day of a text that can be read in one order only."""
    days = {parse_day(text.strip(), order) for order in EITHER_ORDER} - {None}
    return next(iter(days)) if len(days) == 1 else None
