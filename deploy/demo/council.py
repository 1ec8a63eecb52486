"""The council's file: a CSV in the form that councils publish, with the flaws such files have."""

import csv
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from deploy.demo.names import (
    BY_NAME,
    OTHER_CHARITIES,
    PAID_BY_THE_COUNCIL,
    REDACTED,
    REMOVED_CHARITY,
    Provider,
)
from deploy.demo.payments import instalments, payday
from shared.money import format_pounds

BUYER = "GB-LAE-LDS"
FILE = "leeds-like-council-2024-25.csv"
GRANTS = Path(__file__).with_name("council-grants-2024-25.csv")
"""The council's list of grants, by the titles that councils give its columns."""
COLUMNS = ("payment_date", "amount", "organisational_unit", "beneficiary_name")
CODES = (
    ("Public Health", "Public health", "Public Health Grant"),
    ("Communities", "Community development", "General Fund"),
    ("adults and health", "Adult social care", "Adult Social Care Precept"),
    ("Children and Families", "Children and young people", "General  fund"),
    ("Housing", "", ""),
)
"""What an officer says of the council's units: programme and budget head, spelt as people spell;
one is left for later."""
_SEED = 95

_ALSO_PROVIDERS = (
    ("Copperbeck Older People's Forum", 86_000),
    ("Ashgarth Voluntary Action", 240_000),
    ("Little Wharfholme Family Centre", 132_000),
    ("Beckside Link Workers CIC", 58_000),
    ("Millrace Neighbourhood Network", 174_000),
)
_TWO_EQUAL_ROWS = "COPPERBECK SURFACING PLC"
"""Two equal instalments on one day: both are real, both must stay."""


class Row(NamedTuple):
    """One row of the file, as text; `pence` None where the row can't be used."""

    payment_date: str
    amount: str
    organisational_unit: str
    beneficiary_name: str
    pence: int | None
    month: str


def council_rows() -> list[Row]:
    """The year's rows in the order of the file; the same ones each time. Three can't be used."""
    chance = random.Random(_SEED)  # noqa: S311 - it decides on paydays and small amounts
    rows = [*_to_organisations(chance), *_to_persons(chance)]
    rows.sort(key=lambda row: row.month)
    for place, unusable in zip((40, 90, 140), _UNUSABLE, strict=True):
        rows.insert(place, unusable)
    return rows


def write_council_file(folder: Path) -> Path:
    """Write the file as a council's finance system exports it, and return its path."""
    path = folder / FILE
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(row[: len(COLUMNS)] for row in council_rows())
    return path


def write_codes(folder: Path) -> Path:
    """Write the officer's sheet of codes, and return its path."""
    path = folder / "codes.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("Organisational unit", "Programme", "Budget head"), *CODES])
    return path


_UNUSABLE = (
    Row("529.33", "529.33", "Housing", "MILLRACE STATIONERS", None, ""),
    Row("17/10/2024", "£1,284.00", "Adults and Health", "", None, ""),
    Row("20/01/2025", "see remittance", "Resources", "NORTHBECK LEGAL LLP", None, ""),
)


def _to_organisations(chance: random.Random) -> Iterator[Row]:
    for name, pounds in _ALSO_PROVIDERS:
        yield from _yearly(_ledger_name(BY_NAME[name]), "Public Health", pounds, chance)
    for charity in (*OTHER_CHARITIES, REMOVED_CHARITY):
        pounds = chance.randrange(3_000, 40_000)
        yield from _yearly(_ledger_name(charity), "Communities", pounds, chance, quarterly=True)
    for other in PAID_BY_THE_COUNCIL:
        unit = other.heading or ""
        for row in _yearly(other.name, unit, other.pounds, chance):
            yield row
            if other.name == _TWO_EQUAL_ROWS and row.month.endswith("-06"):
                yield row


def _ledger_name(provider: Provider) -> str:
    return provider.ledger_name or provider.name.upper()


def _to_persons(chance: random.Random) -> Iterator[Row]:
    for month in range(12):
        for _ in range(3):
            pence = chance.randrange(4_000, 90_000)
            payee = chance.choice(REDACTED)
            yield _row(payday(month, chance), pence, "Adults and Health", payee, chance)


def _yearly(
    payee: str, unit: str, pounds: int, chance: random.Random, *, quarterly: bool = False
) -> Iterator[Row]:
    months = range(0, 12, 3) if quarterly else range(12)
    for month, pence in zip(months, instalments(pounds * 100, len(months)), strict=True):
        yield _row(payday(month, chance), pence, unit, payee, chance)


def _row(day: date, pence: int, unit: str, payee: str, chance: random.Random) -> Row:
    """Amounts and dates in the forms that such files mix."""
    amount = format_pounds(pence)
    if chance.random() < 0.5:  # noqa: PLR2004 - half of them
        amount = f"£{pence / 100:,.2f}"
    return Row(day.strftime("%d/%m/%Y"), amount, unit, payee, pence, day.isoformat()[:7])
