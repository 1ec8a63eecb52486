"""The Department for Education's register of schools and colleges (GIAS, edubasealldata).

Quirks, seen in the files of 2021 to April 2026:
- It is written in Windows-1252, with some 140 columns, of which personal ones are not read.
- Its day stands in its name; days in it are 01-09-2011. A school that became an academy is closed
  under its old number and opened under a new one of the same name.
- Colleges, sixth forms, universities, children's centres and offshore schools stand among schools.
- Independent schools are often charities: the charity itself is on the Commission's register.
"""

from pathlib import Path

from services.classify.organisation import COLLEGE, SCHOOL, UNIVERSITY, Link, Name, Organisation
from services.classify.registers.reading.contents import Contents, LeftOut
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import Table, read_rows
from services.classify.registers.reading.values import day_in_name, fault, joined, read_day_if_given

SOURCE = "schools"
REGISTER = "get-information-about-schools"
_COLUMNS = (
    *("URN", "EstablishmentName", "TypeOfEstablishment (name)", "EstablishmentTypeGroup (name)"),
    *("EstablishmentStatus (name)", "OpenDate", "CloseDate", "UKPRN", "LA (name)", "Postcode"),
    *("Street", "Locality", "Address3", "Town", "County (name)"),
)
_TABLE = Table(encoding="cp1252")
_DAY = "%d-%m-%Y"
_GROUPS = {"Colleges": COLLEGE, "Universities": UNIVERSITY}


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Schools, colleges and universities, present and former; provider numbers as links."""
    schools: dict[str, Organisation] = {}
    links: list[Link] = []
    left_out: list[LeftOut] = []
    left: set[str] = set()
    for row, cells in read_rows(path, _COLUMNS, opener, _TABLE):
        urn, name, kind, group, status, opened, closed, ukprn, area, postcode, *lines = (
            cell.strip() for cell in cells
        )
        if not urn.isdecimal():
            raise fault(path, row, "URN", f"{urn!r} is not a number of a school")
        if (key := f"GB-EDU-{urn}") in schools:
            raise fault(path, row, "URN", f"{urn} stands there twice")
        if not name:
            left_out.append(LeftOut(row, "EstablishmentName", "a school without a name"))
            continue
        schools[key] = Organisation(
            SOURCE,
            key,
            key,
            name,
            REGISTER,
            _GROUPS.get(group, SCHOOL),
            registered_on=read_day_if_given(path, row, "OpenDate", opened, _DAY, planned=True),
            removed_on=read_day_if_given(path, row, "CloseDate", closed, _DAY, planned=True),
            postcode=postcode or None,
            address=joined(*lines),
            areas=(area,) if area else (),
            codes=(kind,) if kind else (),
        )
        if status == "Closed" and not closed:
            left.add(key)
        if ukprn.isdecimal():
            links.append(Link(f"GB-UKPRN-{ukprn}", key, "same"))
    names = [Name(key, school.name, "current") for key, school in schools.items()]
    return Contents(
        day_in_name(path), list(schools.values()), names, links, left_out, frozenset(left)
    )
