"""Tables for the tests: rows as a reader would give them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.ingest.imports.file_rows import FileRows
from services.ingest.reading.sheet import Sheet, SheetRow, Torn
from services.ingest.shapes.row_kinds import TotalsRow
from services.ingest.shapes.row_reader import PaymentRow, Skipped
from services.ingest.shapes.sheets import find_tables
from services.ingest.shapes.table import Table

TODAY = date(2026, 11, 25)
Rows = Sequence[Sequence[Any]]


def sheet(rows: Rows, name: str = "", *, hidden: bool = False) -> Sheet:
    def read(_: Torn) -> Iterator[SheetRow]:
        for number, row in enumerate(rows, 1):
            yield SheetRow(number, tuple(row))

    return Sheet(read, name=name, hidden=hidden)


def csv(text: str) -> list[list[str]]:
    """Rows of cells parted by bars, which no case has in a cell."""
    return [
        [cell.strip() for cell in line.split("|")] if line.strip() else []
        for line in text.strip().splitlines()
    ]


class Outcome(NamedTuple):
    table: Table
    paid: list[PaymentRow]
    rejected: dict[int, str]
    skipped: list[tuple[int, str]]
    totals: list[TotalsRow]

    @property
    def columns(self) -> dict[str, str]:
        return {each.field: each.header for each in self.table.shape.columns.choices}


def read(rows: Rows, file: str = "spend.csv", **mapped: str) -> Outcome:
    return read_sheets([sheet(rows)], file, mapped)[0]


def read_sheets(
    sheets: Sequence[Sheet], file: str = "spend.xlsx", mapped: Mapping[str, str] | None = None
) -> list[Outcome]:
    tables = find_tables(sheets, file, TODAY, lambda _: mapped or {})
    rows = FileRows(tables, TODAY)
    outcomes = []
    for place, table in enumerate(tables):
        every = list(rows.of_table(place))
        assert len(every) == sum(1 for _ in table.sheet.rows()), "every row is accounted for"
        outcomes.append(
            Outcome(
                table,
                [row.read for row in every if isinstance(row.read, PaymentRow)],
                {row.number: row.read.reason for row in every if isinstance(row.read, Exception)},
                [(row.number, row.read.kind) for row in every if isinstance(row.read, Skipped)],
                rows.totals(place),
            )
        )
    return outcomes
