"""The Scottish Charity Regulator's register as it is downloaded (CharityExport).

The list of former charities has the same columns and two more: see scotland_removed.py.

Quirks, seen in the lists of July 2020 and in the code of those who read them since:
- A charity registered on 1 January 1992 was there before charities were counted: its day is not
  known. So is 1 January 1970.
- A dash stands for an empty cell, XX0 0XX for a postcode that is withheld.
- "(subject to insolvency proceedings)" may be added to a name.
- Purposes, beneficiaries and activities are lists of cells in single quotes.
- The file does not say to which day it goes, but in its name.
"""

import csv
import re
from collections.abc import Sequence
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
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import (
    day_in_name,
    fault,
    joined,
    read_day,
    read_pounds,
)

SOURCE = "scotland"
REGISTER = "scottish-charity-regulator"
DAY = "%d/%m/%Y"
COLUMNS = (
    *("Charity Number", "Charity Name", "Registered Date", "Known As", "Charity Status"),
    *("Postcode", "Constitutional Form", "Main Operating Location", "Purposes"),
    *("Principal Office/Trustees Address", "Most recent year income"),
)
_NUMBER = re.compile(r"SC0\d{5}")
_INSOLVENT = re.compile(r"\W*\(?subject to insolvency proceedings\)?\W*", re.IGNORECASE)
_NOT_KNOWN = {date(1992, 1, 1), date(1970, 1, 1)}
_NOTHING = {"-", "-, -", "XX0 0XX"}
_FORMS = (
    ("Company", CHARITABLE_COMPANY),
    ("SCIO", CHARITABLE_INCORPORATED),
    ("CIO", CHARITABLE_INCORPORATED),
    ("Registered Society", REGISTERED_SOCIETY),
    ("Community Benefit Society", REGISTERED_SOCIETY),
)


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Charities that stand on the register of Scotland."""
    organisations: dict[str, Organisation] = {}
    names: list[Name] = []
    for row, cells in read_rows(path, COLUMNS, opener):
        if cells[4].strip() == "Removed":
            raise fault(path, row, COLUMNS[4], "a former charity: this is the other list")
        charity, own = read_charity(path, row, cells, SOURCE)
        if charity.key in organisations:
            raise fault(path, row, COLUMNS[0], f"{cells[0]} stands there twice")
        organisations[charity.key] = charity
        names += own
    return Contents(day_in_name(path), list(organisations.values()), names)


def read_charity(
    path: Path, row: int, cells: Sequence[str], source: str
) -> tuple[Organisation, list[Name]]:
    """A charity and its names from the cells of COLUMNS."""
    given = ["" if cell.strip() in _NOTHING else cell.strip() for cell in cells]
    number, printed, registered, known_as, _, postcode, form, place, purposes, *rest = given
    if not _NUMBER.fullmatch(number):
        raise fault(path, row, "Charity Number", f"{number!r} is not a charity number")
    name = _INSOLVENT.sub("", printed)
    if not name:
        raise fault(path, row, "Charity Name", "the charity has no name")
    since = read_day(path, row, "Registered Date", registered, DAY)
    address, income = rest
    key = f"GB-SC-{number}"
    charity = Organisation(
        source,
        key,
        key,
        name,
        REGISTER,
        next((own for start, own in _FORMS if form.startswith(start)), CHARITY),
        registered_on=None if since in _NOT_KNOWN else since,
        postcode=postcode.upper() or None,
        income=read_pounds(path, row, "Most recent year income", income),
        address=joined(address),
        areas=(place,) if place else (),
        codes=_listed(purposes),
    )
    names = [Name(key, name, "current")]
    if known_as:
        names.append(Name(key, known_as, "working"))
    return charity, names


def _listed(quoted: str) -> tuple[str, ...]:
    [cells] = csv.reader([quoted.replace("\n", " ")], quotechar="'") if quoted else [[]]
    return tuple(cell.strip() for cell in cells if cell.strip())
