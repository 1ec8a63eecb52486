"""Rows of text that span lines and hold others: a quote stayed open and swallowed them."""

import re

from services.ingest.reading.csv_rows import split_line
from services.ingest.reading.sheet import Row, Torn
from services.ingest.shapes.amounts import parse_amount
from services.ingest.shapes.dates import parse_day
from services.ingest.shapes.header import says_header
from services.ingest.shapes.table import Made, TableShape

_LINE_END = re.compile(r"\r\n|\r|\n")
_MAY_SPAN_LINES = {"purpose", "expense_type"}


def torn_rows(shape: TableShape, delimiter: str) -> Torn:
    """Says of a row below the header whether it is several rows.

    Only a purpose and what is left aside may span lines, and then none of those that follow the
    first may look like a row: a day in its place, or an amount in its place in a line that is wide
    enough. It must hear every row that spans lines in order: those above the header are not torn.
    """
    day, amount = shape.columns.place("payment_date"), shape.columns.place("amount")
    if day is None or amount is None:
        return lambda _: False
    made = shape.made is not Made.NOTHING
    own_width = len(shape.asked_names)
    whole = {each.place for each in shape.columns.choices if each.field not in _MAY_SPAN_LINES}
    begun = not shape.header.end

    def looks_like_row(line: str) -> bool:
        fields = split_line(line, delimiter)
        if len(fields) <= max(1 if made else day, amount, 1):
            return False
        if not made and parse_day(fields[day].strip(), shape.day_form.order) is not None:
            return True
        wide = len(fields) >= own_width
        return wide and parse_amount(fields[amount], shape.amount_form) is not None

    def is_torn(row: Row) -> bool:
        nonlocal begun
        if says_header(row, shape.header.names):
            begun = True
            return False
        for place, value in enumerate(row):
            if not isinstance(value, str):
                continue
            _, *more = _LINE_END.split(value.rstrip())
            if more and ((begun and place in whole) or any(looks_like_row(line) for line in more)):
                return True
        return False

    return is_torn
