"""Suppliers of which it is known, or told by a ledger, what they are."""

import csv
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from shared.errors import Rejected

AUDITED, PUBLIC, LEDGER = "nhs_suppliers_dev", "nhs_public_bodies_dev", "devon_creditor_types"
GRANTED = "grants_devon_cc_2014_2017"
NEITHER, CHARITY, OTHER = range(3)
_SORTS = {
    "vcse_charity": CHARITY,
    "nhs_charity": CHARITY,
    "vcse_cic": OTHER,
    "registered_society": OTHER,
}
_BESIDE = "grants"
# The column holds numbers of charities, of companies (seven digits as well, but not below the
# newest charity's), and words.
_CHARITY_NUMBER = re.compile(r"(?<!\d)(?:[2-9]\d{5}|1[01]\d{5}|12[01]\d{4})(?!\d)")


class Labelled(NamedTuple):
    """A supplier with what is known of it: `right` is the org-id of its charity, if it is one;
    `sort` is None where only the ledger's `type` is known.
    """

    name: str
    source: str
    sort: int | None
    right: str | None = None
    type: str = ""


def read_labelled(folder: Path) -> list[Labelled]:
    """The suppliers of the benchmark folder. Rejected where a file or a column is missing.

    With those to which the council whose ledger is in it paid grants, by the charity number that it
    printed: from the folder of grants beside it, where there is one.
    """
    try:
        return [
            *(
                Labelled(
                    row["supplier"],
                    AUDITED,
                    _SORTS.get(row["label"], NEITHER),
                    f"GB-CHC-{row['charityregno']}" if row["charityregno"].isdigit() else None,
                    row["label"],
                )
                for row in _rows(folder, AUDITED)
            ),
            *(Labelled(row["supplier"], PUBLIC, NEITHER) for row in _rows(folder, PUBLIC)),
            *(
                Labelled(row["supplier"], LEDGER, None, None, row["creditor_type"])
                for row in _rows(folder, LEDGER)
            ),
            *_granted(folder.parent / _BESIDE),
        ]
    except KeyError as error:
        raise Rejected(f"a file of {folder} lacks the column {error}") from error


def _granted(folder: Path) -> Iterator[Labelled]:
    """Every distinct name with a charity's number, the number that it has first."""
    if not (folder / f"{GRANTED}.csv.gz").is_file():
        return
    seen = set()
    for row in _rows(folder, GRANTED):
        name = " ".join(row["Grant Beneficiary"].split())
        number = _CHARITY_NUMBER.search(row["Beneficiary's registration Number"])
        if number and name.upper() not in seen:
            seen.add(name.upper())
            yield Labelled(name, GRANTED, CHARITY, f"GB-CHC-{number[0]}", "granted")


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / f"{name}.csv.gz"
    if not path.is_file():
        raise Rejected(f"{folder} holds no {path.name}")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))
