"""What reading gives: sheets of raw rows, whose meaning others find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

Cell = str | int | float | Decimal | bool | date | None
"""A value as its file keeps it: text stays text, and a day with a time is a `datetime`."""

Row = tuple[Cell, ...]
"""Cells from the first column on; rows of one sheet may differ in length, a blank one has none."""

Torn = Callable[[Row], bool]
"""Whether a row that spans several lines holds lines that are rows of their own."""

STRUCK = "(struck through)"
"""What stands after a number or a day that its workbook strikes through: it is no longer said."""

NAMES = 0
"""The number of the row of names that Parquet and JSON keep apart from their records."""


class Broken(NamedTuple):
    """A line that makes no row, why, and its fields as far as they can be told."""

    text: str
    reason: str
    row: Row


class SheetRow(NamedTuple):
    """A row and its number in its sheet: the first is 1, and blank ones count."""

    number: int
    row: Row | Broken


class Merged(NamedTuple):
    """A merged range, both ends in it, rows and columns from 1; its value stands top left."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def never_torn(_: Row) -> bool:
    """Every field may span lines."""
    return False


@dataclass(frozen=True)
class Sheet:
    """One table of a file: `member` is its path within a zip, `name` that of a workbook's sheet.

    `delimiter` parts the fields of a text file, for whoever looks into a torn row. `rows_about` is
    for a progress bar (None: not known before it is read). `notes` are sentences for whoever sent
    the file: macros that were not run, formulas that hold no value.
    """

    read: Callable[[Torn], Iterator[SheetRow]]
    member: str = ""
    name: str = ""
    hidden: bool = False
    rows_about: int | None = None
    merged: tuple[Merged, ...] = ()
    notes: tuple[str, ...] = ()
    delimiter: str = ","
    documents: bool = False
    """Whether each row is one cell: a record of a published standard, whole, as JSON."""

    def __post_init__(self) -> None:
        """Names are told to people and kept: what can't be printed of them is shown as such."""
        for part in ("member", "name"):
            object.__setattr__(self, part, _printable(getattr(self, part)))

    def rows(self, torn: Torn = never_torn) -> Iterator[SheetRow]:
        """The rows from the first on, each time anew; blank ones that end a workbook are left out.

        Raises Rejected where the file turns out to be corrupt inside.
        """
        return self.read(torn)


def _printable(name: str) -> str:
    if name.isprintable():
        return name
    return "".join(
        each if each.isprintable() else " " if each.isspace() else "\N{REPLACEMENT CHARACTER}"
        for each in name
    )
