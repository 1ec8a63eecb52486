"""Local authorities of the United Kingdom with the names by which they are called (mySociety).

Quirks, seen in the lists of 2024:
- Former authorities stand beside present ones; a day of ending is that of a reorganisation.
- The list of name variants lies beside it, in a file of its own, by the same code; its short forms
  ("Leeds") are names of places and not of bodies, and are kept only where they say COUNCIL,
  AUTHORITY, BOROUGH, CORPORATION or the like.
- "Leeds Council" is how many ledgers call Leeds City Council.
- Combined authorities are in it, police and fire authorities are not.
- A start on 1 January 1905 and the like is not that of the body: days before 1974 are not known.
"""

import re
from datetime import date
from pathlib import Path

from services.classify.organisation import LOCAL_AUTHORITY, Name, Organisation
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault, read_day_if_given

SOURCE = "local-authorities"
REGISTER = "local-authorities"
VARIANTS = ("mysociety_la_name_variants.csv", "lookup_name_to_registry.csv")
_COLUMNS = (
    "local-authority-code",
    "official-name",
    "nice-name",
    "nation",
    "start-date",
    "end-date",
)
# Lists of org-id.guide: English, Scottish, Welsh and Northern Irish authorities.
_LISTS = {
    "England": "GB-LAE",
    "Scotland": "GB-LAS",
    "Wales": "GB-PLA",
    "Northern Ireland": "GB-LANI",
}
_DAY = "%Y-%m-%d"
_REORGANISED = date(1974, 4, 1)
_BODY = re.compile(
    r"\b(?:COUNCIL|AUTHORITY|BOROUGH|CORPORATION|COMHAIRLE|CYNGOR|DISTRICT|LB|MBC|CC|BC|DC)\b",
    re.IGNORECASE,
)


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Local authorities, present and former, with their variants of names."""
    bodies: dict[str, Organisation] = {}
    names: list[Name] = []
    for row, cells in read_rows(path, _COLUMNS, opener):
        code, official, nice, nation, start, end = (cell.strip() for cell in cells)
        if nation not in _LISTS:
            raise fault(path, row, "nation", f"{nation!r} is not a nation of the United Kingdom")
        if not official:
            raise fault(path, row, "official-name", "the authority has no name")
        if code in bodies:
            raise fault(path, row, _COLUMNS[0], f"{code} stands there twice")
        since = read_day_if_given(path, row, "start-date", start, _DAY, planned=True)
        key = f"{_LISTS[nation]}-{code}"
        bodies[code] = Organisation(
            SOURCE,
            key,
            key,
            official,
            REGISTER,
            LOCAL_AUTHORITY,
            registered_on=since if since and since > _REORGANISED else None,
            removed_on=read_day_if_given(path, row, "end-date", end, _DAY, planned=True),
            areas=(nice,) if nice else (),
        )
        names.append(Name(key, official, "current"))
        if nice and official.endswith(" Council") and official != f"{nice} Council":
            names.append(Name(key, f"{nice} Council", "working"))
    names += _variants(path, bodies, opener)
    return Contents(None, list(bodies.values()), names)


def _variants(path: Path, bodies: dict[str, Organisation], opener: OpenFile) -> list[Name]:
    beside = [path.with_name(name + end) for name in VARIANTS for end in ("", ".gz")]
    found: dict[tuple[str, str], Name] = {}
    for variants in (each for each in beside if each.is_file()):
        for _, (name, code) in read_rows(variants, ("la-name", "local-authority-code"), opener):
            body = bodies.get(code)
            if body and _BODY.search(name) and name.casefold() != body.name.casefold():
                found[body.key, name.casefold()] = Name(body.key, name.strip(), "working")
    return list(found.values())
