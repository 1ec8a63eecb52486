"""Rows of a table that are no payments of the buyer: blank ones, headers, totals, notes, others."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from services.ingest.shapes.cells import Row, as_text, cell, is_blank

BLANK, HEADER, TOTAL, NOTE = "blank", "header", "total", "note"
OF_ANOTHER = "of another body"
"""Payments of a body that is not the buyer, as somebody answered."""
KINDS = (BLANK, HEADER, TOTAL, NOTE)

_KIND_OF_TOTAL = r"(?:grand|sub|report|overall|page|monthly|month|year|period|final|running)"
_OF_WHAT = r"(?:for|of|amounts?|spend|payments?|expenditure|value|paid|over|transactions?)"
_TOTAL = re.compile(
    rf"{_KIND_OF_TOTAL}[ -]?totals?\b.{{0,60}}|totals? {_OF_WHAT}\b.{{0,60}}"
    r"|(?:.{1,60}[\s:-])?totals?:?",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(r"(?:grand |sub[ -]?|report |overall )?totals?:?", re.IGNORECASE)
_CARRIED = r"(?:(?:brought|carried) (?:forward|fwd|down)|[bc]/(?:fwd|[fd]))"
_BALANCE = re.compile(
    rf"(?:(?:opening|closing) balances?|balances? {_CARRIED})"
    rf"(?:,? (?:(?:at|as|on|for|from|to|of|in)\b|[\d(-]).{{0,40}})?|{_CARRIED}",
    re.IGNORECASE,
)
_NOTE_CELLS = 2


class TotalsRow(NamedTuple):
    """A totals row of the file against what was read: of all rows, or of those since the last."""

    row: int
    stated_pence: int
    read_pence: int

    @property
    def difference_pence(self) -> int:
        """What the file states beyond what was read."""
        return self.stated_pence - self.read_pence


def is_bare_total(text: str) -> bool:
    """Whether a payee's text is the word for a total and nothing else: `Total Gas` is a payee."""
    return _BARE.fullmatch(text.strip()) is not None


def is_balance(text: str) -> bool:
    """Whether a payee's text is what a cash book carries over: `Balance` alone may be a payee."""
    return _BALANCE.fullmatch(text.strip()) is not None


def says_total(row: Row) -> bool:
    """Whether a cell of text speaks of a total."""
    return any(isinstance(value, str) and _TOTAL.fullmatch(value.strip()) for value in row)


def is_note(row: Row, needed: Sequence[int]) -> bool:
    """Whether a row is words beside the table: no day and no amount in it, and little else."""
    said = [place for place, value in enumerate(row) if not is_blank(value)]
    return len(said) <= _NOTE_CELLS and not any(_is_number(cell(row, place)) for place in needed)


def _is_number(value: Any) -> bool:
    text = as_text(value)
    return text is not None and any(map(str.isdigit, text)) and not any(map(str.isalpha, text))
