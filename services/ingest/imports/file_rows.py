"""The rows of one file, in order, and what each is read as."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.ingest.reading.sheet import NAMES, Broken, Row, Sheet
from services.ingest.shapes.cells import is_blank_row
from services.ingest.shapes.kept_shape import kept_shape
from services.ingest.shapes.mended import mend_again
from services.ingest.shapes.merged import fill_merged
from services.ingest.shapes.row_kinds import BLANK, HEADER, NOTE, TotalsRow
from services.ingest.shapes.row_reader import PaymentRow, RowReader, Skipped
from services.ingest.shapes.sheets import sheet_name
from services.ingest.shapes.table import State, Table
from services.ingest.shapes.torn import torn_rows
from shared.errors import Rejected

NOT_READ = "sheet"
"""The kind under which the rows of a sheet that holds no payments of its own are counted."""


class FileRow(NamedTuple):
    """A row: its sheet, its number there as a spreadsheet shows it, and what it was read as.

    `pence` are of whatever amount can be read in it.
    """

    table: int
    number: int
    row: Row | Broken
    read: PaymentRow | Skipped | Rejected
    pence: int


def kept_tables(
    sheets: Sequence[Sheet], file_name: str, shapes: Sequence[dict[str, Any]]
) -> list[Table]:
    """The tables of a kept file, read and mended as its import read them."""
    tables = []
    for sheet, kept in zip(sheets, shapes, strict=True):
        shape = kept_shape(kept)
        mended = mend_again(fill_merged(sheet), file_name, shape)
        tables.append(Table(mended, sheet_name(sheet), shape))
    return tables


class FileRows:
    """Reads the rows of one file, in order: totals are compared, equal payments are counted.

    A dry run and an import read the same rows the same way.
    """

    def __init__(self, tables: Sequence[Table], today: date) -> None:
        self._tables = tables
        self._readers = {
            place: RowReader(table.shape, today)
            for place, table in enumerate(tables)
            if table.shape.state is State.PAYMENTS
        }

    def __iter__(self) -> Iterator[FileRow]:
        """Every row of every sheet, but the names that Parquet and JSON keep apart."""
        for place in range(len(self._tables)):
            yield from self.of_table(place)

    def of_table(self, place: int) -> Iterator[FileRow]:
        """Every row of one sheet. Rejected: the file is corrupt inside."""
        table = self._tables[place]
        shape = table.shape
        reader = self._readers.get(place)
        if reader is None:
            for number, row in table.sheet.rows():
                if number != NAMES:
                    yield FileRow(place, number, row, Skipped(NOT_READ), 0)
            return
        first = shape.header.first
        above = 0
        for number, row in table.sheet.rows(torn_rows(shape, table.sheet.delimiter)):
            if number == NAMES:
                continue
            if number <= shape.header_end:
                kind = NOTE if above < first else HEADER
                above += 1
                if not isinstance(row, Broken) and is_blank_row(row):
                    kind = BLANK
                yield FileRow(place, number, row, Skipped(kind), 0)
                continue
            read: PaymentRow | Skipped | Rejected
            try:
                read = reader.read(number, row)
                pence = read.pence
            except Rejected as error:
                read = error.bare()
                pence = reader.pence_of(row.row if isinstance(row, Broken) else row) or 0
            yield FileRow(place, number, row, read, pence)
        reader.let_go()

    @property
    def rows_about(self) -> int:
        """How many rows the sheets of payments have, as far as that is known before."""
        return sum(self._tables[place].sheet.rows_about or 0 for place in self._readers)

    def table(self, place: int) -> Table:
        """A sheet and what it is."""
        return self._tables[place]

    def fields(self, place: int) -> tuple[str, ...]:
        """What `PaymentRow.said` of a sheet holds."""
        reader = self._readers.get(place)
        return () if reader is None else reader.fields

    def totals(self, place: int) -> list[TotalsRow]:
        """The totals that a sheet has stated so far, against what was read."""
        reader = self._readers.get(place)
        return [] if reader is None else reader.totals

    def rounded(self, place: int) -> int:
        """How many payments of a sheet had fractions of a penny so far."""
        reader = self._readers.get(place)
        return 0 if reader is None else reader.rounded

    def names(self, place: int) -> tuple[str, ...]:
        """The names of a sheet's columns."""
        return self._tables[place].shape.header.names
