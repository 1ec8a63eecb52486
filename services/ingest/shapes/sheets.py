"""The sheets of a file as tables: each decided, none counted twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.ingest.reading.sheet import Sheet
from services.ingest.reading.text import storable
from services.ingest.shapes.copied_sheets import without_copies
from services.ingest.shapes.dates import DayOrder
from services.ingest.shapes.mended import find_mended
from services.ingest.shapes.merged import fill_merged
from services.ingest.shapes.table import Answers, Made, State, Table, TableShape
from shared.errors import Rejected


def find_tables(
    sheets: Sequence[Sheet], file_name: str, today: date, answers: Answers
) -> list[Table]:
    """Every sheet of a file with its shape.

    Where a sheet leaves the order of its days open, others decide (`settle_orders`). Where one
    sheet holds payments, another that lacks a column is a summary and asks nothing; one
    whose payments all stand in a larger sheet too is a copy or a part of that, and skipped; where
    only many do, it is asked (`without_copies`). Rejected: an answer names what no sheet has.
    """
    tables: list[Table] = []
    errors: list[Rejected] = []
    for given in sheets:
        sheet = fill_merged(given)
        try:
            sheet, shape = find_mended(sheet, file_name, answers)
        except Rejected as error:
            if error.field != "map" or len(sheets) == 1:
                raise
            errors.append(error.bare())
            shape = TableShape(State.SKIPPED, error.reason)
        tables.append(Table(sheet, sheet_name(sheet), shape))
    if errors and not any(table.shape.state is State.PAYMENTS for table in tables):
        raise errors[0]
    tables = settle_orders(tables)
    if any(_has_days(table.shape) for table in tables):
        tables = [_without_summary(table) for table in tables]
    return without_copies(tables, today, answers)


def settle_orders(tables: Sequence[Table]) -> list[Table]:
    """The same tables; days that are open in one are read as another with its headers shows them.

    Sheets of one header in one file come from one system: March proves the order of February.
    """
    shown: dict[tuple[str, ...], set[DayOrder]] = {}
    for table in tables:
        if table.shape.day_form.shows:
            shown.setdefault(_headers(table), set()).add(table.shape.day_form.order)
    settled = []
    for table in tables:
        orders = shown.get(_headers(table), set())
        if len(orders) == 1 and not table.shape.day_form.proved:
            [order] = orders
            shape = table.shape.with_order(order)
            settled.append(table._replace(shape=shape))
        else:
            settled.append(table)
    return settled


def _headers(table: Table) -> tuple[str, ...]:
    return tuple(name.casefold() for name in table.shape.header.names)


def sheet_name(sheet: Sheet) -> str:
    """The name of a sheet within its file: of the member of a zip, of the sheet of a workbook."""
    return "/".join(filter(None, (sheet.member, sheet.name)))


def _has_days(shape: TableShape) -> bool:
    return shape.state is State.PAYMENTS and shape.made is not Made.OF_FILE


def _without_summary(table: Table) -> Table:
    lacks = table.shape.columns.lacking
    if table.shape.made is Made.OF_FILE:
        lacks = ("payment_date",)
    if table.shape.state is not State.SKIPPED and lacks:
        lacking = " and ".join(lacks).replace("_", " ")
        reason = f"a summary beside the sheet of payments: no column is the {lacking}"
        return table._replace(shape=replace(table.shape, state=State.SKIPPED, reason=reason))
    return table


def describe_table(table: Table) -> dict[str, Any]:
    """The decision about a sheet, as it is shown and kept."""
    shape = table.shape
    return {
        "sheet": table.name,
        "state": shape.state.value,
        "reason": shape.reason,
        "header_row": shape.header_end,
        "certainty": shape.certainty,
        "columns": {
            each.field: {
                "header": each.header,
                "column": each.place + 1,
                "certainty": each.certainty,
                "samples": [storable(sample) for sample in each.samples],
            }
            for each in shape.columns.choices
        },
        "not_taken": [] if shape.questions else list(shape.columns.not_taken),
        "notes": list(shape.notes),
        "days": shape.day_form.says,
        "pence_each": shape.amount_form.pence_each,
        "decimal_mark": "," if shape.amount_form.comma else ".",
        "rounded_to_pence": shape.amount_form.unrounded,
        "questions": [each.kept() for each in shape.questions],
    }
