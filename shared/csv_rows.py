"""CSV of answers and exports, guarded against what a spreadsheet would run.

By column, in a library's own loops: a row at a time, writing took Python 4 us a payment. Sheets
that are sent back filled in, and files of a command line, have few rows and are written by them.
"""

import codecs
import io
from collections.abc import Collection, Iterable, Sequence

import polars as pl

from shared.spreadsheet_cell import BEGINS_AS_FORMULA, MARK, guarded

UTF8_MARK = codecs.BOM_UTF8
"""By which Excel knows UTF-8: what a file begins with."""


def csv_rows(columns: Sequence[pl.Series], guard: Collection[int] = ()) -> bytes:
    """The rows of these columns, equally long; null is empty. `guard` are the places of those that
    hold text of others, which gets a mark in front where a spreadsheet would take it for a formula.
    """
    frame = pl.DataFrame([column.alias(str(n)) for n, column in enumerate(columns)])
    frame = _guarded(frame, [str(n) for n in guard])
    if frame.width == 1:  # a line without anything is no row to a reader
        frame = frame.cast(pl.String).fill_null("")
    file = io.BytesIO()
    frame.write_csv(file, include_header=False, line_terminator="\r\n", quote_style="necessary")
    return file.getvalue()


def csv_header(names: Sequence[str]) -> bytes:
    """How a file begins: the mark, and the names of its columns, guarded."""
    return UTF8_MARK + csv_rows([text_cells([name]) for name in names], range(len(names)))


def csv_table(
    names: Sequence[str], rows: Iterable[Sequence[object]], figures: Collection[int] = ()
) -> bytes:
    """A small table as a whole file; a cell of text is guarded, any other is a number.

    `figures` are the places of columns whose text is a number too, and keeps its minus.
    """
    return csv_header(names) + csv_of_rows(rows, figures)


def csv_of_rows(rows: Iterable[Sequence[object]], figures: Collection[int] = ()) -> bytes:
    """Rows alone, as `csv_table` writes them."""
    by_column = zip(*rows, strict=True)
    columns = [
        text_cells([_said(cell, guard=n not in figures) for cell in cells])
        for n, cells in enumerate(by_column)
    ]
    return csv_rows(columns) if columns else b""


def text_cells(cells: Sequence[str | None]) -> pl.Series:
    """A column of text; what is empty is null."""
    return pl.Series("", [cell or None for cell in cells], dtype=pl.String)


def _guarded(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Most columns have nothing to guard: one look at all of them says which have."""
    if not names:
        return frame
    runs = frame.select(pl.col(names).str.contains(BEGINS_AS_FORMULA).any()).row(0, named=True)
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(BEGINS_AS_FORMULA))
        .then(MARK + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, some in runs.items()
        if some
    )


def _said(cell: object, *, guard: bool) -> str | None:
    if isinstance(cell, str):
        return guarded(cell) if guard else cell
    return None if cell is None else str(cell)
