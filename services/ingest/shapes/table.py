"""What a sheet is, decided from its first rows: a table of payments and how it reads, or not."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain, islice
from typing import Any

from services.ingest.amounts import AmountForm
from services.ingest.dates import months_named
from services.ingest.shapes.cells import Row, as_text, cell, is_blank, is_blank_row
from services.ingest.shapes.columns import Columns, Question, choose_columns
from services.ingest.shapes.evidence import weigh
from services.ingest.shapes.forms import (
    ORDER,
    DayForm,
    find_amount_form,
    find_day_form,
    is_order_open,
)
from services.ingest.shapes.header import Header, find_header
from services.ingest.sources.reading.sheet import Broken, Sheet, SheetRow

SAMPLED = 20_000
_WEIGHED = 400
_UNPROVED = 0.8
_OFTEN = 0.5
_USUAL_DAYS, _USUAL_AMOUNTS = DayForm(), AmountForm()


class State(Enum):
    """What becomes of a sheet."""

    PAYMENTS = "payments"
    NEEDS_MAPPING = "needs_mapping"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class TableShape:
    """How a sheet is read. `header_end` is the number of the header's last row, 0 without one.

    `textual`: all its cells are text, so a row that is wider than the header has a field cut in
    two; in a workbook it is a remark beside the table.
    """

    state: State
    reason: str = ""
    header: Header = field(default_factory=lambda: Header((), 0, 0))
    header_end: int = 0
    columns: Columns = field(default_factory=lambda: Columns((), (), None, ()))
    day_form: DayForm = _USUAL_DAYS
    amount_form: AmountForm = _USUAL_AMOUNTS
    questions: tuple[Question, ...] = ()
    textual: bool = False
    width: int = 0
    """Columns that have a name or are filled more often than not."""

    @property
    def certainty(self) -> float:
        """0 to 1, of the least certain needed column; less where no day proves the order."""
        whole = self.columns.certainty
        return round(whole if self.day_form.proved else whole * _UNPROVED, 2)


Answers = Callable[[Sequence[str]], Mapping[str, str]]
"""What persons have answered about a table with these headers: the header of some fields."""


def find_shape(sheet: Sheet, file_name: str, answers: Answers) -> TableShape:
    """Decide what a sheet of a file is, and how its rows are read.

    Whether it holds payments is all that is asked today; a shape of another kind (a register of
    contracts, grants) is another answer to the same sample of rows. Rejected: an answer names a
    header that the sheet lacks.
    """
    if sheet.hidden:
        return TableShape(State.SKIPPED, "the sheet is hidden")
    rows = sheet.rows()
    sample = list(islice(rows, SAMPLED))
    shape = shape_of_payments(sample, f"{file_name} {sheet.name}", answers, rows)
    close = getattr(rows, "close", None)
    if close is not None:
        close()
    return shape


def shape_of_payments(
    sample: Sequence[SheetRow], named: str, answers: Answers, rest: Iterator[SheetRow]
) -> TableShape:
    """The shape of a table of payments by a sample.

    `rest` is read on where no day of the sample proves an order.
    """
    numbers = [row.number for row in sample]
    cells = [_cells(row) for row in sample]
    if all(is_blank_row(row) for row in cells):
        return TableShape(State.SKIPPED, "the sheet is empty")
    header = find_header(cells)
    end = numbers[header.end - 1] if header.end else 0
    body = [row for row in cells[header.end :] if not is_blank_row(row)]
    width = max([len(header.names), *(len(row) for row in body[:_WEIGHED])], default=0)
    header = Header(header.names + ("",) * (width - len(header.names)), header.first, header.end)
    weighed = body[:: max(1, len(body) // _WEIGHED)]

    def differ(one: int, other: int) -> float:
        pairs = [(as_text(cell(row, one)), as_text(cell(row, other))) for row in weighed]
        return sum(one != other for one, other in pairs) / max(1, len(pairs))

    mapped = dict(answers(header.names))
    order = mapped.pop(ORDER, None)
    evidence = [weigh([cell(row, place) for row in weighed]) for place in range(width)]
    columns = choose_columns(header.names, evidence, differ, mapped)
    if columns.lacking:
        return _incomplete(header, end, columns)
    day_place, amount_place = columns.place("payment_date"), columns.place("amount")
    assert day_place is not None and amount_place is not None  # noqa: PT018, S101 - none is lacking
    days: Counter[Any] = Counter(_hashable(cell(row, day_place)) for row in body)
    if is_order_open(days):
        later = (_hashable(cell(_cells(row), day_place)) for row in rest)
        for value in later:
            if value not in days:
                days[value] += 1
                if len(days) % _WEIGHED == 0 and not is_order_open(days):
                    break
    day_form, about_days = find_day_form(list(days), months_named(named), order)
    amounts = [cell(row, amount_place) for row in body]
    amount_form, about_amounts = find_amount_form(amounts)
    questions = tuple(
        chain(columns.questions, (each for each in (about_days, about_amounts) if each is not None))
    )
    return TableShape(
        State.NEEDS_MAPPING if questions else State.PAYMENTS,
        "",
        header,
        end,
        columns,
        day_form,
        amount_form,
        questions,
        width=max(
            (
                place + 1
                for place, name in enumerate(header.names)
                if name or evidence[place].filled > _OFTEN
            ),
            default=0,
        ),
        textual=all(isinstance(value, str) for row in weighed for value in row),
    )


def _incomplete(header: Header, end: int, columns: Columns) -> TableShape:
    """Two of the three needed columns are a table that asks for the third, fewer are none."""
    lacking = [name.replace("_", " ") for name in columns.lacking]
    if len(lacking) > 1 or not any(header.names):
        return TableShape(State.SKIPPED, f"no column is the {' or the '.join(lacking)} of payments")
    names = tuple(filter(None, header.names))
    question = Question(
        columns.lacking[0],
        f"which column is the {lacking[0]}? Say --map {columns.lacking[0]}=HEADER with one of "
        f"{', '.join(names)}",
        names,
    )
    return TableShape(State.NEEDS_MAPPING, "", header, end, columns, questions=(question,))


def _cells(row: SheetRow) -> Row:
    return row.row.row if isinstance(row.row, Broken) else row.row


def _hashable(value: Any) -> Any:
    return None if is_blank(value) else value
