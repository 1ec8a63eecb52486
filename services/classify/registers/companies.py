"""Companies House's free company data: one CSV file of every live company, each month, or parts.

All companies are kept to be looked up by number and by name; those that may be VCSE organisations
(community interest companies, companies limited by guarantee, societies, CIOs, charter bodies) are
organisations with all their names.

Quirks, seen in headers and rows of 2022 to September 2026:
- Some columns have a space in front (" CompanyNumber", " PreviousName_1.CompanyName").
- The file goes to the first day of the month in its name; it comes whole (AsOneFile) or in parts
  (-part1_7), of which none may be missing.
- Dissolved companies leave the file; a few stand there with a day of dissolution ("Converted").
- Up to ten former names stand from the latest to the oldest, each with the day on which it was
  given up. A name was borne from the day on which the one before it was given up.
- Only a community interest company may end its name in those words (Companies (Audit,
  Investigations and Community Enterprise) Act 2004, section 33): the name decides, whatever its
  category.
- A community interest company may have been another company before: its form began on the day on
  which it gave up its last name without the words.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from services.classify.matching.names import comparable
from services.classify.organisation import (
    CHARITABLE_INCORPORATED,
    COLLEGE,
    COMMUNITY_INTEREST_COMPANY,
    GUARANTEE_COMPANY,
    LIMITED_LIABILITY_PARTNERSHIP,
    OTHER_COMPANY,
    PRIVATE_COMPANY,
    PUBLIC_LIMITED_COMPANY,
    REGISTERED_SOCIETY,
    ROYAL_CHARTER,
    Company,
    Name,
    Organisation,
)
from services.classify.registers.reading.contents import Contents, LeftOut
from services.classify.registers.reading.numbers_seen import NumbersSeen
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import Row, read_rows
from services.classify.registers.reading.values import (
    day_in_name,
    fault,
    joined,
    read_day,
    read_day_if_given,
)
from shared.errors import Rejected

SOURCE = "companies"
REGISTER = "companies-house"
_MOST_NAMES = 10
_COLUMNS = (
    *("CompanyName", "CompanyNumber", "CompanyCategory", "CompanyStatus", "DissolutionDate"),
    *("IncorporationDate", "RegAddress.PostCode", "RegAddress.CareOf", "RegAddress.POBox"),
    *("RegAddress.AddressLine1", "RegAddress.AddressLine2", "RegAddress.PostTown"),
    *("RegAddress.County", "SICCode.SicText_1", "SICCode.SicText_2"),
)
_FORMER = tuple(
    f"PreviousName_{n}.{part}"
    for n in range(1, _MOST_NAMES + 1)
    for part in ("CONDATE", "CompanyName")
)
_NUMBER = re.compile(r"[A-Z0-9]{8}")
_PART = re.compile(r"-part1_(\d{1,3})(?=\.)")
_DAY = "%d/%m/%Y"
_CATEGORIES = {
    "Private Limited Company": PRIVATE_COMPANY,
    "Private Unlimited Company": PRIVATE_COMPANY,
    "Private Unlimited": PRIVATE_COMPANY,
    "Public Limited Company": PUBLIC_LIMITED_COMPANY,
    "Limited Liability Partnership": LIMITED_LIABILITY_PARTNERSHIP,
    "Community Interest Company": COMMUNITY_INTEREST_COMPANY,
    "Charitable Incorporated Organisation": CHARITABLE_INCORPORATED,
    "Scottish Charitable Incorporated Organisation": CHARITABLE_INCORPORATED,
    "Registered Society": REGISTERED_SOCIETY,
    "Industrial and Provident Society": REGISTERED_SOCIETY,
    "Royal Charter Company": ROYAL_CHARTER,
    "Further Education and Sixth Form College Corps": COLLEGE,
}
_BY_GUARANTEE = ("PRI/LBG/NSC", "PRI/LTD BY GUAR/NSC")
_ORGANISATIONS = {
    *(COMMUNITY_INTEREST_COMPANY, GUARANTEE_COMPANY, CHARITABLE_INCORPORATED, REGISTERED_SOCIETY),
    *(ROYAL_CHARTER, COLLEGE),
}
_ROWS = 20_000


def read_parts(path: Path, opener: OpenFile = open_file) -> Iterator[Contents]:
    """Companies in parts of 20,000, in the order of the file."""
    as_at = day_in_name(path)
    seen = NumbersSeen()
    for each in _files(path):
        rows = read_rows(each, (*_COLUMNS, *_FORMER), opener)
        while part := list(islice(rows, _ROWS)):
            yield _part(each, part, seen)._replace(as_at=as_at)


def _files(path: Path) -> list[Path]:
    """The file, or every part of an edition of which it is the first."""
    first = _PART.search(path.name)
    if first is None:
        return [path]
    start, end = path.name[: first.start()], path.name[first.end() :]
    files = [
        path.with_name(f"{start}-part{n}_{first[1]}{end}") for n in range(1, int(first[1]) + 1)
    ]
    if missing := [file.name for file in files if not file.is_file()]:
        raise Rejected(f"{path.name}: of its parts {', '.join(missing)} are missing")
    return files


def _part(path: Path, rows: list[Row], seen: NumbersSeen) -> Contents:
    companies: list[Company] = []
    organisations: list[Organisation] = []
    names: list[Name] = []
    left_out: list[LeftOut] = []
    for row, cells in rows:
        name, number, category, _, dissolved, incorporated, postcode = cells[:7]
        if not _NUMBER.fullmatch(number):
            raise fault(path, row, "CompanyNumber", f"{number!r} is not a company number")
        if not seen.add(number):
            raise fault(path, row, "CompanyNumber", f"{number} stands there twice")
        if not name.strip():
            left_out.append(LeftOut(row, "CompanyName", "a company without a name"))
            continue
        gone = read_day_if_given(path, row, "DissolutionDate", dissolved, _DAY)
        words, form = comparable(name)
        company = Company(
            number,
            words,
            name.strip(),
            _legal_form(category, form),
            read_day_if_given(path, row, "IncorporationDate", incorporated, _DAY),
            gone,
            "dissolved" if gone else None,
            postcode.strip() or None,
        )
        companies.append(company)
        if company.legal_form in _ORGANISATIONS:
            own = _names(path, row, company, cells[len(_COLUMNS) :])
            organisations.append(_organisation(company, own, cells))
            names += own
    return Contents(None, organisations, names, (), left_out, companies=companies)


def _legal_form(category: str, stated: str | None) -> str:
    if stated == "CIC":
        return COMMUNITY_INTEREST_COMPANY
    if category.startswith(_BY_GUARANTEE):
        return GUARANTEE_COMPANY
    return _CATEGORIES.get(category, OTHER_COMPANY)


def _names(path: Path, row: int, company: Company, former: list[str]) -> list[Name]:
    """Its present name and the former ones, the latest first."""
    key = f"GB-COH-{company.number}"
    given_up = [
        (name.strip(), read_day(path, row, column, day, _DAY))
        for column, day, name in zip(_FORMER[::2], former[::2], former[1::2], strict=True)
        if name.strip()
    ]
    ends: list[date | None] = [None, *(day for _, day in given_up)]
    starts = [*ends[1:], company.registered_on]
    printed = [company.name, *(name for name, _ in given_up)]
    return [
        Name(key, name, "previous" if until else "current", since, until)
        for name, since, until in zip(printed, starts, ends, strict=True)
    ]


def _organisation(company: Company, names: list[Name], cells: list[str]) -> Organisation:
    key = f"GB-COH-{company.number}"
    since = company.registered_on
    if company.legal_form == COMMUNITY_INTEREST_COMPANY:
        before = (name.until for name in names[1:] if comparable(name.name).form != "CIC")
        since = next(before, since)
    return Organisation(
        SOURCE,
        key,
        key,
        company.name,
        REGISTER,
        company.legal_form,
        registered_on=since,
        removed_on=company.removed_on,
        company_number=company.number,
        postcode=company.postcode,
        removed_why=company.removed_why,
        address=joined(*cells[7:13]),
        codes=tuple(code for cell in cells[13:15] if (code := cell.strip())),
    )
