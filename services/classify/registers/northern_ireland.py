"""The Charity Commission for Northern Ireland's list, as it is downloaded.

Quirks, seen in the list of June 2020:
- A company number of 0 means none; others lack the prefix NI and the zeros in front.
- What it does, whom it helps and how are lists parted by a comma without a space: a comma within
  an entry has one behind it. An income of 0 is also that of a charity that has not yet reported.
- A removed charity says so without a day: the newest registration in the list dates the list.
- The register began on 16 December 2013: earlier charities were registered in turn over years, so
  a day of registration is not the day on which a body became a charity.
"""

import re
from datetime import date
from pathlib import Path

from services.classify.organisation import CHARITABLE_COMPANY, CHARITY, Name, Organisation
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault, joined, read_day, read_pounds

SOURCE = "northern-ireland"
REGISTER = "charity-commission-northern-ireland"
_COLUMNS = (
    *("Reg charity number", "Sub charity number", "Charity name", "Date registered", "Status"),
    *("Public address", "Company number", "Total income", "What the charity does"),
)
_NUMBER = re.compile(r"1\d{5}")
_ENTRIES = re.compile(r",(?! )")
_POSTCODE = re.compile(r"BT\d{1,2} ?\d[A-Z]{2}\s*$")


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Charities of Northern Ireland."""
    found: dict[str, Organisation] = {}
    left: set[str] = set()
    as_at: date | None = None
    for row, cells in read_rows(path, _COLUMNS, opener):
        number, sub, name, registered, status, address, company, income, what = cells
        if sub != "0":
            continue
        if not _NUMBER.fullmatch(number):
            raise fault(path, row, _COLUMNS[0], f"{number!r} is not a charity number")
        if not name.strip():
            raise fault(path, row, "Charity name", "the charity has no name")
        if (key := f"GB-NIC-{number}") in found:
            raise fault(path, row, _COLUMNS[0], f"{number} stands there twice")
        day = read_day(path, row, "Date registered", registered, "%d/%m/%Y")
        as_at = max(as_at or day, day)
        incorporated = company.strip("0 ") != ""
        postcode = _POSTCODE.search(address)
        found[key] = Organisation(
            SOURCE,
            key,
            key,
            name.strip(),
            REGISTER,
            CHARITABLE_COMPANY if incorporated else CHARITY,
            registered_on=day,
            company_number=f"NI{company.strip().zfill(6)}" if incorporated else None,
            postcode=postcode[0].strip() if postcode else None,
            income=read_pounds(path, row, "Total income", income) or None,
            address=joined(address),
            codes=tuple(entry.strip() for entry in _ENTRIES.split(what) if entry.strip()),
        )
        if status == "Removed":
            left.add(key)
    names = [Name(charity.key, charity.name, "current") for charity in found.values()]
    return Contents(as_at, list(found.values()), names, left=frozenset(left))
