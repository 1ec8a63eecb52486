"""Registers of the invented organisations, as files in the forms in which real ones are published.

The folder is laid out as `python -m services.classify registers load DIR` expects it.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

from deploy.demo.names import (
    OTHER_CHARITIES,
    PROVIDERS,
    REMOVED_CHARITY,
    SPORTS_CLUB,
    Provider,
)

_SOURCE = "invented for the demo"
_CIO_PREFIX = "CE"
_CHARITY_COLUMNS = (
    *("charity_number", "name", "source", "company_number", "link", "status_2021"),
    *("icnptso_2021", "income_2018", "scale_2022", "postcode"),
)


def write_registers(folder: Path, *, but: str | None = None) -> Path:
    """Write the registers into `folder`, and return it.

    An earlier edition has all `but` one charity, by its name: it was not registered yet.
    """
    charities = [p for p in (*PROVIDERS, *OTHER_CHARITIES) if p.charity_number and p.name != but]
    _write(
        folder / "charities_england_wales.csv.gz",
        _CHARITY_COLUMNS,
        [_charity(p, "active") for p in charities] + [_charity(REMOVED_CHARITY, "removed")],
    )
    _write(
        folder / "organisation_names_uk.csv.gz",
        ("org_type", "name", "source"),
        [(p.form, p.name, _SOURCE) for p in PROVIDERS if p.form and p.form != SPORTS_CLUB],
    )
    _write(
        folder / "casc.csv.gz",
        ("id", "name", "address", "postcode", "active"),
        [
            (f"GB-CASC-{number:08x}", p.name, "1 Invented Row", "", "True")
            for number, p in enumerate(PROVIDERS)
            if p.form == SPORTS_CLUB
        ],
    )
    _write(
        folder / "link_cio-company-numbers.csv.gz",
        ("org_id_a", "org_id_b", "relationship", "source"),
        _cio_links(charities),
    )
    return folder


def _charity(provider: Provider, status: str) -> tuple[str | None, ...]:
    company = provider.company_number or ""
    own_company = "" if company.startswith(_CIO_PREFIX) else company
    name = provider.name.upper()
    return (provider.charity_number, name, _SOURCE, own_company, "direct", status, "", "", "", "")


def _cio_links(charities: Iterable[Provider]) -> Iterator[tuple[str, ...]]:
    for provider in charities:
        if (provider.company_number or "").startswith(_CIO_PREFIX):
            company, charity = provider.company_number, provider.charity_number
            yield (f"GB-COH-{company}", f"GB-CHC-{charity}", "sameas", "CIO Company Numbers")


def _write(path: Path, columns: Iterable[str], rows: Iterable[Iterable[str | None]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
