"""Buyers and Places side by side as one CSV table: a row for each, then one for each programme."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.csv_rows import csv_table

COLUMNS = (
    *("by", "name", "part", "programme", "programme_state", "people", "mid_year", "lines"),
    *("amount", "share", "counting", "counting_share", "unsettled", "matched", "per_head"),
    *("counting_per_head", "local", "regional", "national", "unknown", "providers"),
    *("providers_largest_1", "providers_largest_5", "providers_largest_12", "providers_herfindahl"),
    *("agreements", "agreement_providers", "agreement_lines", "agreement_amount"),
    *("lines_largest_1", "lines_largest_5", "lines_largest_12", "lines_herfindahl"),
    *("average_months", "one_year_share", "without_end", "cannot_be_told"),
)
_AMOUNTS = ("amount", "counting", "unsettled", "per_head", "counting_per_head", "agreement_amount")
_FIGURES = frozenset(map(COLUMNS.index, _AMOUNTS))

Row = Mapping[str, Any]


def write_benchmarks(answered: Row) -> bytes:
    """The answer as bytes of CSV, with the mark by which spreadsheets know UTF-8."""
    rows = [
        {"by": one["by"], "name": one["name"]} | dict(row)
        for one in (*answered["buyers"], *answered["places"])
        for row in _rows(one, answered["definition"])
    ]
    return csv_table(COLUMNS, ([row.get(name) for name in COLUMNS] for row in rows), _FIGURES)


def _rows(one: Row, definition: str | None) -> Iterator[Row]:
    said: dict[str, Any] = {
        "part": "whole",
        "cannot_be_told": "; ".join(
            f"{each['measure']}: {each['reason']}" for each in one["cannot_be_told"]
        ),
    }
    if people := one["population"]:
        said |= {name: people[name] for name in ("people", "mid_year")}
    if spend := one["spend"]:
        said |= {name: spend[name] for name in ("lines", "amount")}
        said["matched"] = spend["coverage"]["pounds"]["matched"]
        if one["providers"] and definition:
            counting = spend["definitions"][definition]
            said |= {
                "counting": counting["amount"],
                "counting_share": counting["share"],
                "unsettled": counting["unsettled"]["amount"],
            }
    if per_head := one["per_head"]:
        said |= {"per_head": per_head["amount"], "counting_per_head": per_head["counting"]}
    said |= one["local"] or {}
    if providers := one["providers"]:
        said |= {"providers": providers["number"]} | _hands("providers", providers)
    if held := one["agreements"]:
        said |= {name: held[name] for name in ("agreements", "average_months", "one_year_share")}
        said |= {
            "without_end": held["without_end"],
            "agreement_providers": held["providers"],
            "agreement_lines": held["lines"]["number"],
            "agreement_amount": held["lines"]["amount"],
        } | _hands("lines", held["lines"])
    yield said
    for programme in one["programmes"]:
        yield {"part": "programme"} | programme


def _hands(prefix: str, found: Row) -> dict[str, Any]:
    shares = found["share_of_largest"] or {}
    return {f"{prefix}_largest_{number}": one for number, one in shares.items()} | {
        f"{prefix}_herfindahl": found["herfindahl"]
    }
