"""The list of charities of England and Wales as rebuilt from public lists (names of 2016 to 2021).

Quirks, seen in the list of 2022:
- A number has a row for each name that some list gives it; `source` says which list.
- 47,646 names of the 2016 list stand without a number. Such a name stays without one: sliding it
  to the number beside it would name the wrong charity. Where exactly one number bears the same
  name in other lists only, the row says nothing new and is left aside.
- Rows from the register of mergers hold every name of the transferring charity in one cell,
  parted by two spaces.
- `status_2021` says that a charity was removed, never when: at the latest at the end of that year.
- Two rows have a number and no name; twenty from the register of mergers have 000000 or a number
  above 2,000,000 without a status: the Commission's own, for bodies that are not registered.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from services.classify.organisation import (
    CHARITABLE_COMPANY,
    CHARITABLE_INCORPORATED,
    CHARITY,
    Name,
    NameKind,
    Organisation,
)
from services.classify.registers.reading.contents import Contents, LeftOut
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault

SOURCE = "england-wales-list"
REGISTER = "charity-commission"
_COLUMNS = (
    *("charity_number", "name", "source", "company_number", "status_2021", "postcode"),
    *("income_2018", "icnptso_2021", "scale_2022"),
)
_NUMBER = re.compile(r"[1-9]\d{5,6}")
_INCOME = re.compile(r"-?\d{1,15}(\.\d*)?")
_SEVERAL_NAMES = re.compile(r"\s{2,}(?:and\s+)?")
_NEVER_REGISTERED = re.compile(r"000000|[2-9]\d{6}")
_STATUS_DAY = date(2021, 12, 31)
_FIRST_LIST = "ccew_names_2016"
_MERGERS = "mergers_register"
# Which list's name is the charity's present one: the newest first.
_LISTS = (
    "charity_lookups_federated_2022",
    *("ukcat_sample_2021", "ukcat_top2000_2021", "trafford_2021"),
    *("ccew_companies_2018", _FIRST_LIST, _MERGERS),
)
_SHORTEST_NAME = 3


class _Listed(NamedTuple):
    """What the rows of one number say."""

    names: list[tuple[str, str]]
    company_number: str = ""
    status: str = ""
    postcode: str = ""
    income: str = ""
    code: str = ""
    scale: str = ""


def read(path: Path, opener: OpenFile = open_file) -> Contents:
    """Charities with a number, and the names that stand without one."""
    listed: dict[str, _Listed] = {}
    without_number: list[tuple[int, str]] = []
    left_out: list[LeftOut] = []
    for row, (number, printed, source, company, status, *rest) in read_rows(path, _COLUMNS, opener):
        name = printed.strip()
        if not name:
            left_out.append(LeftOut(row, "name", "a row without a name"))
        elif source == _MERGERS and not status and _NEVER_REGISTERED.fullmatch(number):
            left_out.append(LeftOut(row, "charity_number", "a body that was never registered"))
        elif not number:
            without_number.append((row, name))
        else:
            _check(path, row, number, status, rest[1])
            names, *known = listed.get(number) or _Listed([])
            names.append((source, name))
            said = zip((company, status, *rest), known, strict=True)
            listed[number] = _Listed(names, *(new or old for new, old in said))
    organisations: list[Organisation] = []
    every_name: list[Name] = []
    for number, entry in listed.items():
        organisation, own = _charity(number, entry)
        organisations.append(organisation)
        every_name += own
    for row, name in _other_charities(without_number, listed):
        key = f"row-{row}"
        organisations.append(Organisation(SOURCE, key, None, name, REGISTER, CHARITY))
        every_name.append(Name(key, name, "current"))
    return Contents(_STATUS_DAY, organisations, every_name, (), left_out)


def _check(path: Path, row: int, number: str, status: str, income: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise fault(path, row, "charity_number", f"{number!r} is not a charity number")
    if status not in {"active", "removed", ""}:
        raise fault(path, row, "status_2021", f"{status!r} is not a status")
    if income and not _INCOME.fullmatch(income):
        raise fault(path, row, "income_2018", f"{income!r} is not an income in pounds")


def _other_charities(
    without_number: list[tuple[int, str]], listed: dict[str, _Listed]
) -> Iterator[tuple[int, str]]:
    """The rows without a number that are not those of a charity listed with its number."""
    bearers: dict[str, set[str]] = defaultdict(set)
    in_first_list = set()
    for number, entry in listed.items():
        for source, name in entry.names:
            bearers[name].add(number)
            if source == _FIRST_LIST:
                in_first_list.add(number)
    for row, name in without_number:
        bearing = bearers.get(name, set())
        if len(bearing) != 1 or bearing & in_first_list:
            yield row, name


def _charity(number: str, entry: _Listed) -> tuple[Organisation, list[Name]]:
    key = f"GB-CHC-{number}"
    names: dict[str, Name] = {}
    for source, printed in sorted(entry.names, key=lambda pair: _age(pair[0])):
        kind: NameKind = "merged" if source == _MERGERS else "current" if not names else "previous"
        parts = _SEVERAL_NAMES.split(printed) if kind == "merged" else [printed]
        for part in parts:
            if len(part) >= _SHORTEST_NAME:
                names.setdefault(part.upper(), Name(key, part, kind))
    own = list(names.values()) or [Name(key, entry.names[0][1], "current")]
    return (
        Organisation(
            SOURCE,
            key,
            key,
            own[0].name,
            REGISTER,
            _legal_form(entry.company_number),
            removed_by=_STATUS_DAY if entry.status == "removed" else None,
            company_number=entry.company_number or None,
            postcode=entry.postcode or None,
            income=round(float(entry.income)) if entry.income else None,
            areas=(entry.scale,) if entry.scale else (),
            codes=(f"ICNPTSO {entry.code}",) if entry.code else (),
        ),
        own,
    )


def _age(source: str) -> int:
    return _LISTS.index(source) if source in _LISTS else len(_LISTS)


def _legal_form(company_number: str) -> str:
    if company_number.startswith("CE"):
        return CHARITABLE_INCORPORATED
    return CHARITABLE_COMPANY if company_number else CHARITY
