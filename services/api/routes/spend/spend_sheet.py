"""The answer about spend as one CSV table: a row for each combination of groups, else the whole."""

from collections.abc import Mapping
from typing import Any

from shared.csv_rows import csv_table

_FIGURES = ("lines", "amount", "definitions", "coverage")


def write_spend(answered: Mapping[str, Any]) -> bytes:
    """The answer as bytes of CSV, with the mark by which spreadsheets know UTF-8.

    Amounts in pounds; of each definition its amount, share and what of it is unsettled; of each
    class of coverage its share of gross pounds.
    """
    rows = answered["rows"] or ([] if answered["group_by"] else [answered])
    groups = list(dict.fromkeys(name for row in rows for name in row if name not in _FIGURES))
    groups = groups if answered["group_by"] else []
    columns = [*(groups or answered["group_by"]), *_figures(answered)]
    figures = range(len(columns) - len(_figures(answered)), len(columns))
    table = ([*(row[name] for name in groups), *_figures(row).values()] for row in rows)
    return csv_table(columns, table, figures)


def _figures(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"lines": row["lines"], "amount": row["amount"]}
    for name, one in row["definitions"].items():
        found[f"{name} amount"] = one["amount"]
        found[f"{name} share"] = one["share"]
        found[f"{name} unsettled"] = one["unsettled"]["amount"]
    shares = row["coverage"]["pounds"] | {
        "outside reach": row["coverage"]["outside_reach"]["share"]
    }
    return found | {f"{name} share of gross": share for name, share in shares.items()}
