"""Suppliers of which it is known, or told by a ledger, what they are."""

import csv
import gzip
from pathlib import Path
from typing import NamedTuple

from shared.errors import Rejected

AUDITED, PUBLIC, LEDGER = "nhs_suppliers_dev", "nhs_public_bodies_dev", "devon_creditor_types"
NEITHER, CHARITY, OTHER = range(3)
_SORTS = {
    "vcse_charity": CHARITY,
    "nhs_charity": CHARITY,
    "vcse_cic": OTHER,
    "registered_society": OTHER,
}


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
    """The suppliers of the benchmark folder. Rejected where a file or a column is missing."""
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
        ]
    except KeyError as error:
        raise Rejected(f"a file of {folder} lacks the column {error}") from error


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / f"{name}.csv.gz"
    if not path.is_file():
        raise Rejected(f"{folder} holds no {path.name}")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))
