"""Bank holidays as dated data, in the form of https://www.gov.uk/bank-holidays.json.

Days that a proclamation adds before they are published stand in a file of the same form, which may
leave divisions out.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from services.notify.dates.working_days import Calendar
from shared.envelope import explain
from shared.errors import Rejected
from shared.fields import Day
from shared.notice_terms import Division

SHIPPED = Path(__file__).with_name("bank-holidays.json")
"""2019 to 2028; where they are from says bank-holidays.md beside it."""
SHIPPED_AS_AT = date(2026, 11, 25)
NO_EXTRA_DAYS = "{}"
DIVISIONS: tuple[Division, ...] = get_args(Division)
DEFAULT_DIVISION: Division = "england-and-wales"
"""Whose bank holidays are kept where an agreement names no division."""
_NEW_YEAR_IS_OVER, _CHRISTMAS = (1, 5), (12, 25)


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    title: str
    date: Day


class _Division(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    division: Division
    events: Annotated[tuple[_Event, ...], Field(min_length=1)]


class _Published(RootModel[dict[Division, _Division]]):
    @model_validator(mode="after")
    def _named_as_it_says(self) -> "_Published":
        for name, one in self.root.items():
            if name != one.division:
                raise ValueError(f"{name} holds the division {one.division}")
        return self


class Calendars:
    """The calendar of each division.

    `digest` is the same for the same days: by which calendars an agreement was planned.
    """

    def __init__(self, by_division: Mapping[Division, Calendar], digest: str) -> None:
        self._by_division = dict(by_division)
        self.digest = digest

    def of(self, division: Division | None) -> Calendar:
        """The division's calendar; that of England and Wales where none is named."""
        return self._by_division[division or DEFAULT_DIVISION]


def read_file(path: Path) -> str:
    """What a file in this form holds; Rejected names the file and what is wrong with it."""
    try:
        content = path.read_text(encoding="utf-8")
        read_holidays(content)
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected(f"{path.name} can't be read: {error}") from error
    except Rejected as error:
        raise Rejected(f"{path.name}: {error.reason}", error.field) from error
    return content


@cache
def shipped_calendars() -> Calendars:
    """The calendars that come with the program."""
    return read_calendars(read_file(SHIPPED))


@lru_cache(maxsize=8)
def read_calendars(
    content: str, extra: str = NO_EXTRA_DAYS, shipped: str = NO_EXTRA_DAYS
) -> Calendars:
    """Calendars from JSON as published, with extra days; Rejected names what is wrong.

    All divisions must be there. Whole years are published: a division is known from the first of
    January of a year that begins with a bank holiday, and to the end of a year that ends with
    Christmas; else from its first event and to its last. After that the `shipped` days stay, which
    are not confirmed: a day that is not left out makes a deadline too late.
    """
    found, more, beyond = (read_holidays(each) for each in (content, extra, shipped))
    if missing := set(DIVISIONS) - found.keys():
        raise Rejected(f"the division {min(missing)} is missing", min(missing))
    calendars = {
        each: _calendar(each, found[each], more.get(each, ()), beyond.get(each, ()))
        for each in DIVISIONS
    }
    told = repr([(each, one.told) for each, one in calendars.items()])
    return Calendars(calendars, hashlib.sha256(told.encode()).hexdigest())


def _calendar(
    division: Division,
    published: tuple[date, ...],
    extra: tuple[date, ...],
    shipped: tuple[date, ...],
) -> Calendar:
    first, confirmed = _known(published)
    beyond = [day for day in shipped if day > confirmed]
    last = _known(shipped)[1] if beyond else confirmed
    return Calendar(division, (*published, *beyond, *extra), first, last, confirmed)


def read_holidays(content: str) -> dict[Division, tuple[date, ...]]:
    """The days of each division that is there, in order; Rejected names what is wrong."""
    try:
        published = _Published.model_validate_json(content).root
    except ValidationError as error:
        raise explain(error) from error
    return {
        name: tuple(sorted(event.date for event in one.events)) for name, one in published.items()
    }


def _known(days: tuple[date, ...]) -> tuple[date, date]:
    first, last = days[0], days[-1]
    if (first.month, first.day) < _NEW_YEAR_IS_OVER:
        first = first.replace(month=1, day=1)
    if (last.month, last.day) >= _CHRISTMAS:
        last = last.replace(month=12, day=31)
    return first, last
