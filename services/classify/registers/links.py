"""Pairs of identifiers that mean one body: company numbers, re-registrations, dual registrations.

Quirks, seen in the lists of 2026:
- All print `sameas`; in the list of re-registrations the first number is the one that was left.
- No list but that of mergers gives a day.
- Mutuals have an id of the Financial Conduct Authority (GB-MPR) and, beside it, the number under
  which Companies House lists them; the list prints their names, and so is their register too.
"""

import re
from functools import partial
from pathlib import Path

from services.classify.organisation import (
    REGISTERED_SOCIETY,
    Link,
    LinkKind,
    Name,
    Organisation,
)
from services.classify.registers.reading.contents import Contents
from services.classify.registers.reading.opened import OpenFile, open_file
from services.classify.registers.reading.rows import read_rows
from services.classify.registers.reading.values import fault

MUTUALS = "mutuals"
REGISTER = "mutuals-register"
_PAIR = ("org_id_a", "org_id_b")
_ORG_ID = re.compile(r"GB-[A-Z]{2,5}-[A-Z0-9]+")


def _read_pairs(kind: LinkKind, path: Path, opener: OpenFile = open_file) -> Contents:
    links = []
    for row, (a, b) in read_rows(path, _PAIR, opener):
        _check_pair(path, row, a, b)
        if a != b:
            links.append(Link(a, b, kind))
    return Contents(None, links=links)


read_same = partial(_read_pairs, "same")
"""Pairs of identifiers that are one body at one time."""

read_reregistrations = partial(_read_pairs, "succession")
"""Pairs of a number that was left and the one that carries on from it."""


def read_mutuals(path: Path, opener: OpenFile = open_file) -> Contents:
    """Registered societies by name, and the two identifiers that each has."""
    organisations: dict[str, Organisation] = {}
    names, links = [], []
    for row, (mutual, company, name) in read_rows(path, (*_PAIR, "org_name"), opener):
        _check_pair(path, row, mutual, company)
        if not name.strip():
            raise fault(path, row, "org_name", "the society has no name")
        links.append(Link(mutual, company, "same"))
        if mutual not in organisations:
            organisations[mutual] = Organisation(
                MUTUALS,
                mutual,
                mutual,
                name.strip(),
                REGISTER,
                REGISTERED_SOCIETY,
                company_number=company.removeprefix("GB-COH-"),
            )
            names.append(Name(mutual, name.strip(), "current"))
    return Contents(None, list(organisations.values()), names, links)


def _check_pair(path: Path, row: int, a: str, b: str) -> None:
    for column, org_id in zip(_PAIR, (a, b), strict=True):
        if not _ORG_ID.fullmatch(org_id):
            raise fault(path, row, column, f"{org_id!r} is not an org-id")
