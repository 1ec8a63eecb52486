"""Cells as readers give them: what is blank, and what a number says as text."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

Row = Sequence[Any]

_LARGEST_WHOLE = 1e15
_LARGEST_EXPONENT = 1_000
"""Of ten: a number beyond it is no amount, and is not written out."""


def is_blank(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_blank_row(row: Row) -> bool:
    """Whether nothing is said in any cell."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in row)


def as_text(value: Any) -> str | None:
    """What a cell says, trimmed; None for a blank one, and for what is no text, number or day.

    A whole number has no decimals, whatever its type: workbooks keep every number as a float, and
    a reference must be the same from a workbook and from the same table as CSV.
    """
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _LARGEST_WHOLE
        return str(int(value)) if whole else repr(value)
    if isinstance(value, date):
        midnight = not isinstance(value, datetime) or value.time() == time.min
        return f"{value:%Y-%m-%d}" if midnight else str(value)
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
            return str(value)
        return format(value.normalize(), "f")
    return str(value) if isinstance(value, int) else None


def cell(row: Row, place: int) -> Any:
    """The cell at a place, None where the row is shorter."""
    return row[place] if place < len(row) else None
