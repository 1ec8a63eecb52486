"""The buyers and successions that come with the program, for whom no database is asked."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from services.ingest.buyers.buyer import Buyer, Buyers
from services.ingest.buyers.succession import Succession

_FOLDER = Path(__file__).parent


def shipped_buyers() -> Buyers:
    """The buyers of buyers.csv, by org-id."""
    return {
        row["org_id"]: Buyer(row["org_id"], row["name"], row["kind"], row["place"] or None)
        for row in _rows("buyers.csv")
    }


def shipped_successions() -> list[Succession]:
    """The successions of successions.csv."""
    return [
        Succession(
            row["predecessor"],
            row["successor"],
            date.fromisoformat(row["since"]),
            row["source"],
        )
        for row in _rows("successions.csv")
    ]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
