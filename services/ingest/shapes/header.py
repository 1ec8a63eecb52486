"""Where the header of a table stands: below a preamble, in one row or two, or nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.shapes.amounts import AmountForm, parse_amount
from services.ingest.shapes.cells import Row, as_text, is_blank_row
from services.ingest.shapes.dates import DayOrder, parse_day
from services.ingest.shapes.vocabulary import said_by

_LOOKED_AT = 100
_SAYS = 0.8
_LEAST_FIELDS = 2
_LONGEST_NAME = 80
_LEAST_CELLS = 3


@dataclass(frozen=True)
class Header:
    """The names of the columns, trimmed, "" where there is none; rows `first` to `end` hold them.

    Both count the rows from 0; `end` is that of the first row below. A table without a header has
    both 0 and no names.
    """

    names: tuple[str, ...]
    first: int
    end: int


def find_header(rows: Sequence[Row]) -> Header:
    """The header among the first rows of a sheet.

    The row that says the most fields; joined with the row below or above it where both together
    say more than each. Without such a row, the row of text right above the first row that looks
    like a payment.
    """
    looked = rows[:_LOOKED_AT]
    strengths = [0 if looks_paid(row) else _strength(_names(row)) for row in looked]
    best = max(range(len(looked)), key=lambda place: (strengths[place], -place), default=-1)
    first_payment = next((place for place, row in enumerate(looked) if looks_paid(row)), None)
    if best < 0 or strengths[best] < _LEAST_FIELDS:
        return _unsaid(looked, first_payment)
    header = Header(_names(looked[best]), best, best + 1)
    for upper in (best - 1, best):
        joined = _joined(looked, upper)
        if joined is not None and _strength(joined.names) > _strength(header.names):
            header = joined
    return header


def _unsaid(rows: Sequence[Row], first_payment: int | None) -> Header:
    if first_payment:
        above = rows[first_payment - 1]
        names = _names(above)
        if sum(map(bool, names)) >= _LEAST_CELLS and _is_text(above):
            return Header(names, first_payment - 1, first_payment)
    return Header((), 0, 0)


def _joined(rows: Sequence[Row], upper: int) -> Header | None:
    """Two rows as one header; a name above several columns is said of each of them."""
    if upper < 0 or upper + 1 >= len(rows):
        return None
    above, below = _names(rows[upper]), _names(rows[upper + 1])
    if not (_is_text(rows[upper]) and _is_text(rows[upper + 1])):
        return None
    if looks_paid(rows[upper + 1]):
        return None
    width = max(len(above), len(below))
    above += ("",) * (width - len(above))
    below += ("",) * (width - len(below))
    names, spanning = [], ""
    for high, low in zip(above, below, strict=True):
        spanning = high or (spanning if low else "")
        names.append(low if low == spanning else f"{spanning} {low}".strip())
    return Header(tuple(names), upper, upper + 2)


def _names(row: Row) -> tuple[str, ...]:
    return tuple(" ".join((as_text(value) or "").split()) for value in row)


def _is_text(row: Row) -> bool:
    said = [value for value in row if value is not None and value != ""]
    return bool(said) and all(isinstance(value, str) for value in said)


def _strength(names: Sequence[str]) -> int:
    """How many fields the names say, each counted once."""
    fields = set()
    for name in names:
        if not name or len(name) > _LONGEST_NAME:
            continue
        words = said_by(name)
        best = max(words, key=lambda field: words[field], default=None)
        if best is not None and words[best] >= _SAYS:
            fields.add(best)
    return len(fields)


def looks_paid(row: Row) -> bool:
    """Whether a row has a day, an amount and text beside them."""
    if is_blank_row(row):
        return False
    days = amounts = texts = 0
    for value in row:
        text = as_text(value)
        if text is None:
            continue
        if not isinstance(value, str | float | int) or _is_day(text):
            days += 1
        elif parse_amount(value, AmountForm()) is not None:
            amounts += 1
        else:
            texts += 1
    return days > 0 and amounts > 0 and texts > 0


def _is_day(text: str) -> bool:
    return any(parse_day(text, order) is not None for order in DayOrder)


def says_header(row: Row, names: Sequence[str]) -> bool:
    """Whether a row repeats the names of the columns."""
    said = [(place, name) for place, name in enumerate(_names(row)) if name]
    alike = sum(
        place < len(names) and name.casefold() == names[place].casefold() for place, name in said
    )
    return alike >= _LEAST_FIELDS and alike >= len(said) * 0.6


def is_other_header(row: Row) -> bool:
    """Whether a row looks like the header of another table."""
    return _is_text(row) and _strength(_names(row)) >= _LEAST_CELLS
