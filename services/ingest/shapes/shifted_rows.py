"""Rows that stand one column to the right, as after a cell that somebody put in at their left."""

from collections.abc import Iterator
from dataclasses import replace

from services.ingest.reading.sheet import Broken, Row, Sheet, SheetRow, Torn
from services.ingest.shapes.amounts import parse_amount
from services.ingest.shapes.cells import as_text, cell, is_blank
from services.ingest.shapes.day_form import read_day_as
from services.ingest.shapes.table import Made, TableShape
from shared.errors import Rejected

LEAST_SHIFTED = 2
"""One row alone is a slip that somebody should look at."""


def is_shifted(row: Row | Broken, shape: TableShape) -> bool:
    """Whether a row is a payment once its first, blank cell is left out, and none as it stands.

    Its last cell lies beyond the table: so all of it stands to the right, and not a part.
    """
    width = shape.width
    if isinstance(row, Broken) or len(row) <= width or shape.made is not Made.NOTHING:
        return False
    if not is_blank(row[0]) or is_blank(row[width]):
        return False
    if any(not is_blank(value) for value in row[width + 1 :]):
        return False
    return _looks_paid(row[1:], shape) and not _looks_paid(row, shape)


def _looks_paid(row: Row, shape: TableShape) -> bool:
    columns = shape.columns
    day, payee = columns.place("payment_date"), columns.place("payee")
    amounts = [place for place in (columns.place("amount"), columns.credit) if place is not None]
    if day is None or payee is None:
        return False
    try:
        read_day_as(cell(row, day), shape.day_form)
    except Rejected:
        return False
    name = as_text(cell(row, payee)) or ""
    said = [cell(row, place) for place in amounts if not is_blank(cell(row, place))]
    paid = [parse_amount(value, shape.amount_form) for value in said]
    return any(map(str.isalpha, name)) and bool(paid) and None not in paid


def put_back(sheet: Sheet, shape: TableShape) -> Sheet:
    """The same sheet with such rows in the columns of the others."""

    def read(torn: Torn) -> Iterator[SheetRow]:
        for number, row in sheet.read(torn):
            moved = number > shape.header_end and is_shifted(row, shape)
            yield SheetRow(number, row[1:] if moved and not isinstance(row, Broken) else row)

    return replace(sheet, read=read)
