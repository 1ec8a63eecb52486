"""Commitments as one CSV table: a row for each, with its figures and what officers said of it."""

from collections.abc import Mapping
from typing import Any

from shared.csv_rows import csv_table

COLUMNS = (
    *("number", "section", "title", "status", "reason", "measured", "untold", "figures"),
    *("evidence_count", "evidence", "statements"),
)
_MOST_EVIDENCE = 10

Row = Mapping[str, Any]


def write_commitments(answered: Row) -> bytes:
    """The answer as bytes of CSV, with the mark by which spreadsheets know UTF-8.

    Of the evidence the first ten rows; of statements those that stand.
    """
    rows = (dict(one) | _in_cells(one) for one in answered["commitments"] + answered["principles"])
    return csv_table(COLUMNS, ([row[name] for name in COLUMNS] for row in rows))


def _in_cells(one: Row) -> dict[str, str]:
    return {
        "figures": "; ".join(
            f"{name} {'not known' if value is None else value}"
            for name, value in one["figures"].items()
        ),
        "evidence": "; ".join(
            f"{row['says']} ({row['href']})" for row in one["evidence"][:_MOST_EVIDENCE]
        ),
        "statements": "; ".join(
            f"{said['day']}: {said['says']}"
            for said in one["statements"]
            if said["withdrawn_at"] is None
        ),
    }
