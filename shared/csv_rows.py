"""CSV from columns: the one writer of it, and the one guard against what a spreadsheet would run.

By column, in a library's own loops: a row at a time, writing took Python 4 us a payment.
"""

import codecs
import io
from collections.abc import Collection, Iterable, Sequence

import polars as pl

from shared.spreadsheet_cell import BEGINS_AS_FORMULA, MARK, guarded

UTF8_MARK = codecs.BOM_UTF8
"""By which Excel knows UTF-8: what a file begins with."""


def csv_rows(columns: Sequence[pl.Series]) -> bytes:
    """The rows of these columns, equally long; null and empty text are empty cells."""
    cells = [_empty_as_null(column) for column in columns]
    if len(cells) == 1:  # a line without anything is no row to a reader
        cells = [cells[0].cast(pl.String).fill_null("")]
    frame = pl.DataFrame([column.alias(str(n)) for n, column in enumerate(cells)])
    file = io.BytesIO()
    frame.write_csv(file, include_header=False, line_terminator="\r\n", quote_style="necessary")
    return file.getvalue()


def csv_table(
    names: Sequence[str], rows: Iterable[Sequence[object]], figures: Collection[int] = ()
) -> bytes:
    """A small table as a whole file. What is text is guarded, a name of a column too.

    `figures` are the places of columns whose text is a number, and keeps its minus.
    """
    by_column = zip(*rows, strict=True)
    columns = [
        text_cells([_said(cell, guard=n not in figures) for cell in cells])
        for n, cells in enumerate(by_column)
    ]
    return csv_header(names) + (csv_rows(columns) if columns else b"")


def csv_header(names: Sequence[str]) -> bytes:
    """How a file begins: the mark, and the names of its columns, guarded."""
    return UTF8_MARK + csv_rows([text_cells([guarded(name)]) for name in names])


def text_cells(cells: Sequence[str | None]) -> pl.Series:
    """A column of text as it is."""
    return pl.Series("", cells, dtype=pl.String)


def guarded_cells(cells: pl.Series) -> pl.Series:
    """A column of text, with a mark in front where a spreadsheet would take it for a formula."""
    runs = cells.str.contains(BEGINS_AS_FORMULA).fill_null(value=False)
    if not runs.any():
        return cells
    return pl.select(pl.when(runs).then(MARK + cells).otherwise(cells)).to_series()


def _said(cell: object, *, guard: bool) -> str | None:
    if isinstance(cell, str):
        return guarded(cell) if guard else cell
    return None if cell is None else str(cell)


def _empty_as_null(cells: pl.Series) -> pl.Series:
    return cells.set(cells == "", None) if cells.dtype == pl.String else cells
