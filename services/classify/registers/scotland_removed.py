"""The Scottish Charity Regulator's list of former charities.

Quirks, seen in the list of July 2020:
- 18,061 charities are registered on 1 January 1992: the day stands for "before we counted", and is
  taken as not known.
- 20,054 ceased on 2 June 2012 between 18:58 and 20:50: the evening on which older removals were
  carried over, and so the last day on which they can have been removed.
- The newest day of removal dates the list.
"""

import re
from datetime import date
from pathlib import Path

from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITABLE_INCORPORATED,
    CHARITY,
    REGISTERED_SOCIETY,
    Name,
    Organisation,
)
from services.classify.registers.rows import (
    Contents,
    OpenFile,
    fault,
    open_file,
    read_day,
    read_rows,
)

SOURCE = "scotland-removed"
REGISTER = "scottish-charity-regulator"
_COLUMNS = (
    *("Charity Number", "Charity Name", "Registered Date", "Ceased Date", "Known As"),
    *("Postcode", "Constitutional Form"),
)
_NUMBER = re.compile(r"SC0\d{5}")
_DAY = "%d/%m/%Y"
_NOT_COUNTED_BEFORE = date(1992, 1, 1)
_CARRIED_OVER = date(2012, 6, 2)
_FORMS = (
    ("Company", CHARITABLE_COMPANY),
    ("SCIO", CHARITABLE_INCORPORATED),
    ("CIO", CHARITABLE_INCORPORATED),
    ("Registered Society", REGISTERED_SOCIETY),
    ("Community Benefit Society", REGISTERED_SOCIETY),
)


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Former charities of Scotland, with the days between which they were registered."""
    organisations: dict[str, Organisation] = {}
    names: list[Name] = []
    as_at: date | None = None
    for row, cells in read_rows(path, _COLUMNS, opener):
        number, name, registered, ceased, known_as, postcode, form = cells
        if not _NUMBER.fullmatch(number):
            raise fault(path, row, "Charity Number", f"{number!r} is not a charity number")
        if not name.strip():
            raise fault(path, row, "Charity Name", "the charity has no name")
        if (key := f"GB-SC-{number}") in organisations:
            raise fault(path, row, "Charity Number", f"{number} stands there twice")
        since = read_day(path, row, "Registered Date", registered, _DAY)
        until = read_day(path, row, "Ceased Date", ceased, _DAY)
        as_at = max(as_at or until, until)
        organisations[key] = Organisation(
            SOURCE,
            key,
            key,
            name.strip(),
            REGISTER,
            next((slug for start, slug in _FORMS if form.startswith(start)), CHARITY),
            registered_on=None if since == _NOT_COUNTED_BEFORE else since,
            removed_on=None if until == _CARRIED_OVER else until,
            removed_by=until if until == _CARRIED_OVER else None,
            postcode=postcode.strip() or None,
        )
        names.append(Name(key, name.strip(), "current"))
        if known_as.strip():
            names.append(Name(key, known_as.strip(), "working"))
    return Contents(as_at, list(organisations.values()), names)
