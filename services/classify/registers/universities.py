"""Universities and other higher education bodies (learning-provider.data.ac.uk).

Quirks, as told by those who read it (2020 to 2026):
- PROVIDER_NAME is the legal name in capitals, VIEW_NAME how it is printed, ALIAS a trading name.
- It prints some providers that are companies or colleges; all are negative evidence alike.
- The file does not say to which day it goes.
"""

from pathlib import Path

from services.classify.organisation import UNIVERSITY, Name, Organisation
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault, joined

SOURCE = "universities"
REGISTER = "learning-providers"
_COLUMNS = (
    *("UKPRN", "PROVIDER_NAME", "VIEW_NAME", "ALIAS", "POSTCODE", "BUILDING_NAME_NUMBER"),
    *("STREET_NAME", "LOCALITY", "TOWN"),
)


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Universities, with the names by which they are called."""
    universities: dict[str, Organisation] = {}
    names: list[Name] = []
    for row, cells in read_rows(path, _COLUMNS, opener):
        ukprn, legal, printed, alias, postcode, *lines = (cell.strip() for cell in cells)
        if not ukprn.isdecimal():
            raise fault(path, row, "UKPRN", f"{ukprn!r} is not a number of a provider")
        if not legal and not printed:
            raise fault(path, row, "PROVIDER_NAME", "the provider has no name")
        if (key := f"GB-UKPRN-{ukprn}") in universities:
            raise fault(path, row, "UKPRN", f"{ukprn} stands there twice")
        universities[key] = Organisation(
            SOURCE,
            key,
            key,
            legal or printed,
            REGISTER,
            UNIVERSITY,
            postcode=postcode or None,
            address=joined(*lines),
        )
        borne = {name.casefold(): name for name in (alias, printed, legal) if name}
        names += [
            Name(key, name, "current" if name == (legal or printed) else "working")
            for name in borne.values()
        ]
    return Contents(None, list(universities.values()), names)
