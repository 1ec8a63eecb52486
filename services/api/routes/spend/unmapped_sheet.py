"""Unmapped codes as a sheet to fill in: the columns of a line of the map, and figures beside."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from shared.spreadsheet_cell import guarded

_TO_FILL_IN = ("unit", "expense_type", "ledger_programme", "since", "programme")
_FOR_THE_EYE = ("gross_amount", "amount", "lines", "share", "first_day", "last_day", "purposes")


def write_unmapped(items: Iterable[Mapping[str, Any]]) -> bytes:
    """The codes as CSV, a line of the map each, that Excel opens as UTF-8 and runs nothing of."""
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow((*_TO_FILL_IN, *_FOR_THE_EYE))
    for item in items:
        codes = (guarded(item.get(name) or "") for name in _TO_FILL_IN)
        *figures, purposes = (item[name] for name in _FOR_THE_EYE)
        writer.writerow((*codes, *figures, guarded("; ".join(purposes))))
    return sheet.getvalue().encode("utf-8-sig")
