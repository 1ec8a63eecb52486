"""How wide a row may be: what is looked for in a table costs its columns times its rows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from services.ingest.reading.sheet import Broken, Row, Sheet, SheetRow, Torn

_LONGEST_TEXT = 1 << 20
_BEYOND = "it says something beyond column "


def says_beyond(row: Row, columns: int) -> bool:
    """Whether a row says something in a cell past that many columns."""
    return len(row) > columns and any(
        value is not None and not (isinstance(value, str) and not value.strip())
        for value in islice(row, columns, None)
    )


def too_wide(text: str, row: Row, columns: int) -> Broken:
    """The row as one that can't be read, with the cells of the columns that a table may have."""
    return Broken(text, f"{_BEYOND}{columns:,}, the last one", row[:columns])


def why_too_wide(rows: Iterable[SheetRow]) -> str:
    """What of these rows stands beyond the columns of a table, "" where nothing does."""
    for number, row in rows:
        if isinstance(row, Broken) and row.reason.startswith(_BEYOND):
            return f"row {number:,}: {row.reason}"
    return ""


def within_columns(sheet: Sheet, columns: int) -> Sheet:
    """The same sheet with no row wider: blank cells beyond are cut off, other such rows broken.

    A row with one cell far to the right is rejected with its pounds, so that none are lost, and
    nobody who looks for a header or weighs a column has to ask how wide a row is.
    """

    def read(torn: Torn) -> Iterator[SheetRow]:
        for each in sheet.read(torn):
            number, row = each
            if isinstance(row, Broken) or len(row) <= columns:
                yield each
            elif says_beyond(row, columns):
                said = ",".join(str(value) for value in row if value is not None and value != "")
                yield SheetRow(number, too_wide(said[:_LONGEST_TEXT], row, columns))
            else:
                yield SheetRow(number, row[:columns])

    return replace(sheet, read=read)
