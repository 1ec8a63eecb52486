"""Unmapped codes as a sheet to fill in: the columns of a line of the map, and figures beside."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.csv_rows import csv_table

_TO_FILL_IN = ("unit", "expense_type", "ledger_programme", "since", "programme", "budget_head")
_FOR_THE_EYE = ("gross_amount", "amount", "lines", "share", "first_day", "last_day", "purposes")
_FIGURES = frozenset(len(_TO_FILL_IN) + n for n in range(2))
"""Amounts, which are text."""


def write_unmapped(items: Iterable[Mapping[str, Any]]) -> bytes:
    """The codes as CSV, a line of the map each, that Excel opens as UTF-8 and runs nothing of."""
    columns = (*_TO_FILL_IN, *_FOR_THE_EYE)
    rows = (item | {"purposes": "; ".join(item["purposes"])} for item in map(dict, items))
    return csv_table(columns, ([row.get(name) for name in columns] for row in rows), _FIGURES)
