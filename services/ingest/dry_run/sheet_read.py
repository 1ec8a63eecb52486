"""What a dry run found of one sheet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.ingest.imports.tally import Count
from services.ingest.shapes.row_kinds import TotalsRow

ToldRows = Callable[[int], None]
"""Hears of rows as they are read."""


@dataclass
class SheetRead:
    """What became of the rows of one sheet: read = accepted + rejected + skipped + waiting.

    So are their pence: `pence_read` is what could be read in any row as it came.
    """

    path: str
    sheet: str
    state: str
    reason: str = ""
    error: str = ""
    rows_read: int = 0
    pence_read: int = 0
    accepted: Count = field(default_factory=Count)
    rejected_by_reason: dict[str, Count] = field(default_factory=dict)
    skipped_by_kind: dict[str, Count] = field(default_factory=dict)
    waiting: int = 0
    rounded: int = 0
    first_date: date | None = None
    last_date: date | None = None
    table: dict[str, Any] = field(default_factory=dict)
    totals: list[TotalsRow] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    shape: str = "payments"
    amount_basis: str = "paid"
    """What the pence are of: `paid`; of agreements `annual`, `total`, `annual and total` or ""."""
    entities: dict[str, Count] = field(default_factory=dict)
    """The bodies that rows name, with their rows and pence."""
    remarks: dict[str, int] = field(default_factory=dict)
