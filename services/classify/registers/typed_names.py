"""A list of organisations of the United Kingdom by type: names only, no identifiers (2018).

Quirks, seen in the list of 2018:
- It names charities, community interest companies and societies, and beside them schools, councils,
  universities and a sample of private companies: these say what a name that a charity also bears
  may mean instead.
- The same name may stand in several types.
- The list does not say to which day it goes.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from services.classify.organisation import (
    CHARITY,
    COLLEGE,
    COMMUNITY_INTEREST_COMPANY,
    GOVERNMENT,
    GUARANTEE_COMPANY,
    LOCAL_AUTHORITY,
    PARISH_COUNCIL,
    PRIVATE_COMPANY,
    REGISTERED_SOCIETY,
    ROYAL_CHARTER,
    SCHOOL,
    SPORTS_CLUB,
    UNIVERSITY,
    Name,
    Organisation,
)
from services.classify.registers.reading.contents import Contents, together
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import Row, read_rows
from services.classify.registers.reading.values import fault

SOURCE = "typed-names"
REGISTER = "names-by-type"
_ROWS = 20_000
_FORMS = {
    "Registered charity": CHARITY,
    "Community Interest Company": COMMUNITY_INTEREST_COMPANY,
    "Registered Society": REGISTERED_SOCIETY,
    "Community Amateur Sports Club": SPORTS_CLUB,
    "Company Limited by Guarantee": GUARANTEE_COMPANY,
    "Private Limited Company": PRIVATE_COMPANY,
    "Royal Charter Company": ROYAL_CHARTER,
    "School": SCHOOL,
    "Further Education": COLLEGE,
    "University": UNIVERSITY,
    "Government": GOVERNMENT,
    "Local Authority": LOCAL_AUTHORITY,
    "Parish or Town Council": PARISH_COUNCIL,
}


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """The whole list at once."""
    return together(read_parts(path, opener))


def read_parts(path: Path, opener: OpenFile = open_file) -> Iterator[Contents]:
    """Names with the type of the organisation that bears them, in parts of 20,000."""
    rows = read_rows(path, ("org_type", "name"), opener)
    while part := list(islice(rows, _ROWS)):
        yield _part(path, part)


def _part(path: Path, rows: list[Row]) -> Contents:
    organisations: list[Organisation] = []
    names: list[Name] = []
    for row, (kind, name) in rows:
        if kind not in _FORMS:
            raise fault(path, row, "org_type", f"{kind!r} is not a known type")
        if not name.strip():
            raise fault(path, row, "name", "the organisation has no name")
        key = f"row-{row}"
        organisations.append(Organisation(SOURCE, key, None, name.strip(), REGISTER, _FORMS[kind]))
        names.append(Name(key, name.strip(), "current"))
    return Contents(None, organisations, names)
