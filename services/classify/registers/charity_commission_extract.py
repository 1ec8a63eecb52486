"""The Charity Commission's public extract: tab-separated tables, each in a zip of its own.

Quirks, seen in the extract of 7 September 2023:
- A charity's funds ("linked charities") stand in the same table under its number, with a linked
  number above 0; they are no bodies of their own and are not loaded.
- Days are printed with a time of day in ten-millionths of a second.
- A quotation mark in a cell is a plain character.
- The table of other names says whether a name is a working or a previous one.
- A company number may have any form: it is kept as printed.
"""

import re
from datetime import date
from pathlib import Path

from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITABLE_INCORPORATED,
    CHARITY,
    Name,
    NameKind,
    Organisation,
)
from services.classify.registers.england_wales_list import REGISTER
from services.classify.registers.rows import (
    Contents,
    OpenFile,
    fault,
    open_file,
    read_day,
    read_zipped_rows,
)

SOURCE = "charity-commission-extract"
OTHER_NAMES = "publicextract.charity_other_names.zip"
_COLUMNS = (
    *("date_of_extract", "registered_charity_number", "linked_charity_number", "charity_name"),
    *("charity_type", "charity_registration_status", "date_of_registration", "date_of_removal"),
    *("charity_contact_postcode", "charity_company_registration_number", "latest_income"),
)
_NAME_COLUMNS = (
    *("registered_charity_number", "linked_charity_number", "charity_name_type", "charity_name"),
)
_DAY = "%Y-%m-%d"
_NUMBER = re.compile(r"[1-9]\d{5,6}")
_FORMS = {"CIO": CHARITABLE_INCORPORATED, "Charitable company": CHARITABLE_COMPANY}
_KINDS: dict[str, NameKind] = {"Working name": "working", "Previous name": "previous"}
_STATUSES = {"Registered", "Removed"}


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Charities from the table of charities, and their names from the table of other names."""
    as_at: date | None = None
    organisations: dict[str, Organisation] = {}
    for row, cells in read_zipped_rows(path, _COLUMNS, opener):
        extract, number, linked, name, kind, status, registered, removed, *rest = cells
        postcode, company, income = rest
        if linked != "0":
            continue
        if not _NUMBER.fullmatch(number):
            raise fault(path, row, _COLUMNS[1], f"{number!r} is not a charity number")
        if not name.strip():
            raise fault(path, row, "charity_name", "the charity has no name")
        if status not in _STATUSES:
            raise fault(path, row, _COLUMNS[5], f"{status!r} is not a status")
        if (key := f"GB-CHC-{number}") in organisations:
            raise fault(path, row, _COLUMNS[1], f"{number} stands there twice")
        day = read_day(path, row, _COLUMNS[0], extract, _DAY)
        as_at = max(as_at or day, day)
        gone = read_day(path, row, _COLUMNS[7], removed, _DAY) if removed else None
        organisations[key] = Organisation(
            SOURCE,
            key,
            key,
            name.strip(),
            REGISTER,
            _FORMS.get(kind, CHARITABLE_COMPANY if company else CHARITY),
            registered_on=read_day(path, row, _COLUMNS[6], registered, _DAY)
            if registered
            else None,
            removed_on=gone,
            removed_by=day if status == "Removed" and gone is None else None,
            company_number=company.strip() or None,
            postcode=postcode.strip() or None,
            income=_income(path, row, income),
        )
    names = [Name(key, o.name, "current") for key, o in organisations.items()]
    names += _other_names(path.with_name(OTHER_NAMES), organisations, opener)
    return Contents(as_at, list(organisations.values()), names)


def _income(path: Path, row: int, printed: str) -> int | None:
    if not printed.strip():
        return None
    try:
        return round(float(printed))
    except (ValueError, OverflowError) as error:
        raise fault(path, row, "latest_income", f"{printed!r} is not an income") from error


def _other_names(
    path: Path, organisations: dict[str, Organisation], opener: OpenFile
) -> list[Name]:
    if not path.exists():
        return []
    names = []
    for _, (number, linked, kind, name) in read_zipped_rows(path, _NAME_COLUMNS, opener):
        key = f"GB-CHC-{number}"
        if linked == "0" and key in organisations and name.strip():
            names.append(Name(key, name.strip(), _KINDS.get(kind, "previous")))
    return names
