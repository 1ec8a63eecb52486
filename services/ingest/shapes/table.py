"""What a sheet is, decided from its first rows: a table of payments and how it reads, or not."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import islice
from typing import Any, NamedTuple

from services.ingest.reading.sheet import Broken, Sheet, SheetRow
from services.ingest.reading.width import why_too_wide
from services.ingest.shapes.amount_form import UNIT, find_amount_form
from services.ingest.shapes.amounts import AmountForm
from services.ingest.shapes.cells import Row, as_text, cell, is_blank, is_blank_row
from services.ingest.shapes.column_samples import with_samples
from services.ingest.shapes.columns import Columns, choose_columns
from services.ingest.shapes.currency import ask_currency
from services.ingest.shapes.dates import DayOrder
from services.ingest.shapes.day_form import DayForm, find_day_form, is_order_open
from services.ingest.shapes.evidence import Evidence, weigh
from services.ingest.shapes.header import Header, find_header
from services.ingest.shapes.months import RULE, can_be_dated, month_end
from services.ingest.shapes.question import ORDER, Answer, Question
from services.ingest.shapes.questions import ask_pence_apart, ask_planned, say_names
from services.ingest.shapes.receipts import ask_receipts
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.scores import main_field
from services.ingest.shapes.vocabulary import said_by

_SAMPLED, _SAMPLED_CELLS = 20_000, 10_000_000
_WEIGHED = 400
_UNPROVED = 0.8
_OFTEN = 0.5
_ANY_YEARS = (2000,) * 12
_USUAL_DAYS, _USUAL_AMOUNTS = DayForm(), AmountForm()


class State(Enum):
    """What becomes of a sheet."""

    PAYMENTS = "payments"
    NEEDS_MAPPING = "needs_mapping"
    SKIPPED = "skipped"


class Made(Enum):
    """How the last column of a table was made, which has none of days of its own.

    The values are what may be answered for the payment date besides a header.
    """

    NOTHING = ""
    OF_FILE = "month of the file"
    CALENDAR = "calendar month"
    FINANCIAL = "financial month"


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
    mended: tuple[str, ...] = ()
    """What was put in place before its rows are read, a sentence each."""
    made: Made = Made.NOTHING
    one_header: bool = False
    cut: int | None = None
    """The place of the amounts that were put together where a text file cut them at a comma."""
    shifted: bool = False
    filled: tuple[int, ...] = ()
    """Whether rows were put under the first header, or in its columns, and which were filled."""
    others: tuple[str, ...] = ()
    """The folded values of its column of entities that are other bodies: their rows are skipped."""

    @property
    def asked_names(self) -> tuple[str, ...]:
        """The names of its own columns, by which answers about it are remembered."""
        return self.header.names if self.made is Made.NOTHING else self.header.names[:-1]

    @property
    def certainty(self) -> float:
        """0 to 1, of the least certain needed column.

        Less where no day proves the order, and where something was mended.
        """
        whole = self.columns.certainty
        sure = self.day_form.proved and not self.day_form.note and not self.mended
        return round(whole if sure else whole * _UNPROVED, 2)

    def with_order(self, order: DayOrder) -> "TableShape":
        """The same table with its days in an order that another shows, which answers a question."""
        questions = tuple(each for each in self.questions if each.field != "payment_date")
        if self.state is State.NEEDS_MAPPING and not questions:
            return replace(self, state=State.PAYMENTS, questions=(), day_form=self._form(order))
        return replace(self, questions=questions, day_form=self._form(order))

    def _form(self, order: DayOrder) -> DayForm:
        return self.day_form._replace(order=order, proved=True)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was decided by values, against the words or beyond them."""
        return (*self.mended, *self.columns.notes, *filter(None, (self.day_form.note,)))


class Table(NamedTuple):
    """A sheet, the name under which it is told of, and what it is."""

    sheet: Sheet
    name: str
    shape: TableShape


Answers = Callable[[Sequence[str]], Mapping[str, str]]
"""What persons have answered about a table with these headers: the header of some fields."""


def first_rows(sheet: Sheet) -> list[SheetRow]:
    """The rows by which a sheet is judged; fewer where they are so wide that they fill memory."""
    rows = sheet.rows()
    first: list[SheetRow] = []
    cells = 0
    for row in islice(rows, _SAMPLED):
        first.append(row)
        cells += len(row_cells(row))
        if cells >= _SAMPLED_CELLS:
            break
    close = getattr(rows, "close", None)
    if close is not None:
        close()
    return first


def find_shape(
    sheet: Sheet, rows: Sequence[SheetRow], file_name: str, answers: Answers
) -> TableShape:
    """Decide what a sheet of a file is, and how its rows are read.

    Whether it holds payments is all that is asked today; a shape of another kind (a register of
    contracts, grants) is another answer to the same sample of rows, the sheet's first. Rejected: an
    answer names a header that the sheet lacks.
    """
    if sheet.hidden:
        return TableShape(State.SKIPPED, "the sheet is hidden")
    shape = shape_of_payments(rows, f"{file_name} {sheet.name}", answers, sheet)
    if shape.state is State.SKIPPED and (beyond := why_too_wide(rows)):
        blank = all(is_blank_row(row_cells(row)) for row in rows)
        return replace(shape, reason=beyond if blank else f"{shape.reason}; {beyond}")
    return shape


def shape_of_payments(
    rows: Sequence[SheetRow], named: str, answers: Answers, sheet: Sheet
) -> TableShape:
    """The shape of a table of payments by its first rows.

    The whole sheet is read where none of their days proves an order, or a column may mark credits.
    """
    cells = [row_cells(row) for row in rows]
    if all(is_blank_row(row) for row in cells):
        return TableShape(State.SKIPPED, "the sheet is empty")
    header = find_header(cells)
    end = rows[header.end - 1].number if header.end else 0
    title = " ".join(
        filter(None, (as_text(value) for row in cells[: header.first] for value in row))
    )
    body = [row for row in cells[header.end :] if not is_blank_row(row)]
    width = max([len(header.names), *(len(row) for row in body[:_WEIGHED])], default=0)
    header = Header(header.names + ("",) * (width - len(header.names)), header.first, header.end)
    sample = Sample(body, lambda: map(row_cells, islice(sheet.rows(), len(rows), None)))
    mapped = dict(answers(header.names))
    order, unit = mapped.pop(ORDER, None), mapped.pop(UNIT, None)
    evidence = [weigh(sample.spread(place)) for place in range(width)]
    columns = choose_columns(header.names, evidence, sample, mapped)
    if columns.lacking == ("payment_date",):
        period = _period_column(header.names, sample)
        if period is None or not can_be_dated(sample.spread(header.names.index(period)), period):
            return _incomplete(header, end, columns, sample, period)
        columns = choose_columns(header.names, evidence, sample, mapped | {"payment_date": period})
    if columns.lacking:
        return _incomplete(header, end, columns, sample, None)
    day_place, amount_place = columns.place("payment_date"), columns.place("amount")
    assert day_place is not None and amount_place is not None  # noqa: PT018, S101 - none is lacking
    days = _days_of(body, sheet, day_place)
    day_form, about_days = find_day_form(days, header.names[day_place], f"{named} {title}", order)
    paid = [place for place in (amount_place, columns.credit) if place is not None]
    amounts = [cell(row, place) for row in body for place in paid]
    amount_form, about_amounts = find_amount_form(amounts, header.names[amount_place], title, unit)
    about_currency = ask_currency([columns.header("amount")], unit)
    about_payees = ask_receipts(
        columns.header("payee"), (named, sheet.name, title), answered="payee" in mapped
    )
    about_plans = ask_planned(columns.header("amount"), answered="amount" in mapped)
    asked = (
        *columns.questions,
        about_payees,
        about_days,
        about_amounts,
        about_plans,
        ask_pence_apart(columns.header("amount"), header.names),
        about_currency,
    )
    questions = tuple(
        with_samples(each, header.names, sample) for each in asked if each is not None
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
        textual=sample.is_text,
        width=_width(header.names, evidence),
    )


def _days_of(body: Sequence[Row], sheet: Sheet, place: int) -> list[Any]:
    """The distinct values of days, of the whole table where the first rows leave the order open."""
    days: Counter[Any] = Counter(_hashable(cell(row, place)) for row in body)
    if is_order_open(days):
        for value in (_hashable(cell(row_cells(row), place)) for row in sheet.rows()):
            if value not in days:
                days[value] += 1
                if len(days) % _WEIGHED == 0 and not is_order_open(days):
                    break
    return list(days)


def _width(names: Sequence[str], evidence: Sequence[Evidence]) -> int:
    used = (
        place + 1 for place, name in enumerate(names) if name or evidence[place].filled > _OFTEN
    )
    return max(used, default=0)


def _period_column(names: Sequence[str], sample: Sample) -> str | None:
    """The header of the one column of months that stands for days where there are none.

    One that calls them dates goes before one of periods.
    """
    found = [
        (main_field(said_by(name)), name)
        for place, name in enumerate(names)
        if main_field(said_by(name)) in {"period", "payment_date"}
        and any(
            can_be_dated([value], name) or month_end(as_text(value) or "", _ANY_YEARS) is not None
            for value in sample.spread(place)
        )
    ]
    dates = [name for field, name in found if field == "payment_date"]
    periods = dates or [name for _, name in found]
    return periods[0] if len(periods) == 1 else None


def _incomplete(
    header: Header, end: int, columns: Columns, sample: Sample, period: str | None
) -> TableShape:
    """Two of the three needed columns are a table that asks for the third, fewer are none."""
    lacking = [name.replace("_", " ") for name in columns.lacking]
    if len(lacking) > 1 or not any(header.names):
        return TableShape(State.SKIPPED, f"no column is the {' or the '.join(lacking)} of payments")
    names = tuple(filter(None, header.names))
    [field] = columns.lacking
    answers = [Answer(field, None, "of these")]
    if period is not None:
        answers.append(Answer(field, period, f"where {RULE}"))
    asked = f"which column is the {lacking[0]}, of {say_names(names)}?"
    question = with_samples(Question(field, asked, names, tuple(answers)), header.names, sample)
    return TableShape(State.NEEDS_MAPPING, "", header, end, columns, questions=(question,))


def row_cells(row: SheetRow) -> Row:
    """The cells of a row; of a broken line those that can be told."""
    return row.row.row if isinstance(row.row, Broken) else row.row


def _hashable(value: Any) -> Any:
    return None if is_blank(value) else value
