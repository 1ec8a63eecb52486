"""The Charity Commission's public extract: a table in each zip, tab-separated or a JSON array.

Quirks, seen in the extract of 7 September 2023:
- A charity's funds ("linked charities") stand in the same table under its number, with a linked
  number above 0; they are no bodies of their own and are not loaded.
- Days are printed with a time of day in ten-millionths of a second; in JSON as 2023-09-07T00:00:00.
- A quotation mark in a cell is a plain character in the tab-separated form.
- The table of other names says whether a name is a working or a previous one, not from when.
- A company number may have any form: the zeros in front are put back.
- A reason of removal stands in the table of events only. Assets that went out on the day of removal
  went to the charity that carries on where there is one receiver; several are beneficiaries (one
  charity's six included the lifeboats): of 20 removals with a receiver 17 have one.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from services.classify.matching.identifiers import read_company_number
from services.classify.matching.known import COMPANY
from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITABLE_INCORPORATED,
    CHARITY,
    Link,
    Name,
    Organisation,
)
from services.classify.registers.charity_commission_tables import (
    DAY,
    LINKED,
    NUMBER,
    Told,
    read_table,
    read_told,
)
from services.classify.registers.england_wales_list import REGISTER
from services.classify.registers.reading.contents import Contents, LeftOut, together
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import Row
from services.classify.registers.reading.values import (
    fault,
    joined,
    read_day,
    read_day_if_given,
    read_pounds,
)

SOURCE = "charity-commission-extract"
_COLUMNS = (
    *("date_of_extract", NUMBER, LINKED, "charity_name"),
    *("charity_type", "charity_registration_status", "date_of_registration", "date_of_removal"),
    *("charity_contact_postcode", "charity_company_registration_number", "latest_income"),
    *(f"charity_contact_address{line}" for line in range(1, 6)),
)
_CHARITY_NUMBER = re.compile(r"[1-9]\d{3,6}")
_FORMS = {"CIO": CHARITABLE_INCORPORATED, "Charitable company": CHARITABLE_COMPANY}
_STATUSES = {"Registered", "Removed"}
_PART = 10_000


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """The whole extract at once."""
    return together(read_parts(path, opener))


def read_parts(path: Path, opener: OpenFile = open_file) -> Iterator[Contents]:
    """Charities in parts, each with what the other tables tell of them."""
    told = read_told(path, opener)
    left_out = [
        LeftOut(1, "", f"{name} does not lie beside it: what it tells is missing")
        for name in told.missing
    ]
    seen: set[str] = set()
    rows = read_table(path, _COLUMNS, opener)
    while part := list(islice(rows, _PART)):
        contents = _part(path, part, seen, told)
        yield contents._replace(left_out=[*left_out, *contents.left_out])
        left_out = []


def _part(path: Path, rows: list[Row], seen: set[str], told: Told) -> Contents:
    as_at: date | None = None
    organisations: list[Organisation] = []
    names: list[Name] = []
    links: list[Link] = []
    left_out: list[LeftOut] = []
    for row, cells in rows:
        if cells[2] != "0":
            continue
        if not cells[3].strip():
            left_out.append(LeftOut(row, "charity_name", "a charity without a name"))
            continue
        charity, day = _charity(path, row, cells, told)
        if charity.key in seen:
            raise fault(path, row, NUMBER, f"{cells[1]} stands there twice")
        seen.add(charity.key)
        as_at = max(as_at or day, day)
        number = int(cells[1])
        organisations.append(charity)
        names.append(Name(charity.key, charity.name, "current"))
        names += [Name(charity.key, name, kind) for name, kind in told.names.get(number, ())]
        links += _carried_on(charity, told, number)
    return Contents(as_at, organisations, names, links, left_out)


def _charity(path: Path, row: int, cells: list[str], told: Told) -> tuple[Organisation, date]:
    extract, number, _, name, kind, status, registered, removed, *rest = cells
    postcode, company, income, *address = rest
    if not _CHARITY_NUMBER.fullmatch(number):
        raise fault(path, row, NUMBER, f"{number!r} is not a charity number")
    if status not in _STATUSES:
        raise fault(path, row, _COLUMNS[5], f"{status!r} is not a status")
    day = read_day(path, row, _COLUMNS[0], extract, DAY)
    gone = read_day_if_given(path, row, _COLUMNS[7], removed, DAY)
    key = f"GB-CHC-{number}"
    charity = Organisation(
        SOURCE,
        key,
        key,
        name.strip(),
        REGISTER,
        _FORMS.get(kind, CHARITABLE_COMPANY if company.strip() else CHARITY),
        registered_on=read_day_if_given(path, row, _COLUMNS[6], registered, DAY),
        removed_on=gone,
        removed_by=day if status == "Removed" and gone is None else None,
        company_number=_company_number(company),
        postcode=postcode.strip() or None,
        removed_why=(told.removals.get(int(number)) or None) if status == "Removed" else None,
        income=read_pounds(path, row, "latest_income", income),
        address=joined(*address),
        areas=told.areas.get(int(number), ()),
        codes=told.codes.get(int(number), ()),
    )
    return charity, day


def _company_number(printed: str) -> str | None:
    org_id = read_company_number(printed)
    if org_id is None or not org_id.startswith(COMPANY):
        return printed.strip() or None
    return org_id.removeprefix(COMPANY)


def _carried_on(charity: Organisation, told: Told, number: int) -> list[Link]:
    """Who carries a removed charity on: the one that received what it had on the day it left."""
    received = {
        transfer.receiver
        for transfer in told.transfers.get(number, ())
        if transfer.day == charity.removed_on
    } - {charity.key}
    return [
        Link(charity.key, receiver, "succession", charity.removed_on)
        for receiver in received
        if len(received) == 1
    ]
