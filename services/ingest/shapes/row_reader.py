"""The rows of a table as payments: the same decision for a dry run and for an import."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from services.ingest.reading.sheet import STRUCK, Broken
from services.ingest.shapes.amounts import read_parsed
from services.ingest.shapes.cell_values import Kept, check_value, plain, read_payee, reader_of
from services.ingest.shapes.cells import Row, as_text, cell, is_blank, is_blank_row
from services.ingest.shapes.credit_marks import mark_of
from services.ingest.shapes.currency import check_pounds
from services.ingest.shapes.day_form import read_day_as
from services.ingest.shapes.header import is_other_header, says_header
from services.ingest.shapes.payment_status import PaymentStatus
from services.ingest.shapes.row_kinds import (
    BLANK,
    HEADER,
    NOTE,
    OF_ANOTHER,
    TOTAL,
    TotalsRow,
    is_bare_total,
    is_note,
    says_total,
)
from services.ingest.shapes.running_totals import RunningTotals
from services.ingest.shapes.sections import Sections
from services.ingest.shapes.table import TableShape
from shared.errors import Rejected

POSTED = (
    "reference",
    "transaction",
    "unit",
    "expense_type",
    "purpose",
    "programme",
    "place",
    "charity_number",
    "company_number",
    "postcode",
)
"""The fields of a payment beyond day, payee and amount, as far as a table may have them."""
_AHEAD = timedelta(days=31)
_MOST_KEPT = 50_000


def fold_entity(value: Any) -> str:
    """What a cell says, its case and spaces folded; "" where it says nothing."""
    return " ".join((as_text(value) or "").casefold().split())


class PaymentRow(NamedTuple):
    """A row that is a payment; `said` are the values of `RowReader.fields`."""

    day: date
    payee: str
    pence: int
    said: tuple[str | None, ...]


class Skipped(NamedTuple):
    """A row that is no payment of the buyer, of which kind; pence of a total, or another body's."""

    kind: str
    pence: int = 0


_UNUSUAL = "the row can't be read"
_HEADED = (
    "payee is blank, and words stand alone in a row above: if they name the payee, write them in "
    "each row below and send those again"
)


class RowReader:
    """Reads rows of one table in order: totals are compared with what was read before them.

    `today` is what a payment's day is measured by: 31 days ahead at most.
    """

    def __init__(self, shape: TableShape, today: date) -> None:
        self._shape = shape
        self._names = shape.header.names
        self._width = shape.width
        self._day, self._amount, self._payee = (
            self._needed(field) for field in ("payment_date", "amount", "payee")
        )
        self._credit, self._sign = shape.columns.credit, shape.columns.sign
        self._currency = shape.columns.currency
        status = shape.columns.status
        self._status = None if status is None else PaymentStatus(self._names[status], status)
        self._plain = {self._credit, self._sign, self._currency, self._status} == {None}
        said = [(field, shape.columns.place(field)) for field in POSTED]
        self._said = tuple((field, place) for field, place in said if place is not None)
        self.fields = tuple(field for field, _ in self._said)
        """The fields that `PaymentRow.said` holds."""
        self._entity = shape.columns.place("entity")
        self._others = frozenset(shape.others)
        self._latest = today + _AHEAD
        self._days, self._payees = Kept(self.read_day), Kept(read_payee)
        self._pence = Kept(self._read_amount)
        self._texts = tuple((place, Kept(reader_of(field))) for field, place in self._said)
        self._other_header = False
        self._sections = Sections()
        self._headed = 0
        """The last row of those below words that stand alone in theirs, or that row itself."""
        self._sums = RunningTotals()
        self.rounded = 0
        """Payments whose amount had fractions of a penny."""
        self._fractions: set[Any] = set()

    @property
    def totals(self) -> list[TotalsRow]:
        """The totals rows so far, against what was read."""
        return self._sums.stated

    def let_go(self) -> None:
        """Forget what single values meant: the sheet is read, and others of its file follow."""
        for kept in (self._days, self._payees, self._pence, *(kept for _, kept in self._texts)):
            kept.clear()

    def entity_of(self, row: Row) -> str:
        """The body that a row names, "" where it names none: folded as others of a shape are."""
        return "" if self._entity is None else fold_entity(cell(row, self._entity))

    def _needed(self, field: str) -> int:
        place = self._shape.columns.place(field)
        if place is None:
            raise ValueError(f"a table of payments has a column of {field}")
        return place

    def read(self, number: int, row: Row | Broken) -> PaymentRow | Skipped:
        """What a row is. Rejected: it is a payment that can't be used, and why."""
        if isinstance(row, Broken):
            self._sums.add(self.pence_of(row.row) or 0)
            raise Rejected(f"the line can't be read as a row: {row.reason}")
        if self._others and self.entity_of(row) in self._others:
            pence = self.pence_of(row) or 0
            self._sums.add(pence)
            return Skipped(OF_ANOTHER, pence)
        try:
            read = self._read_usual(row)
        except Rejected:
            return self._read_unusual(number, row)
        except IndexError:
            return self.read(number, (*row, *(None,) * (len(self._names) - len(row))))
        self._sums.add(read.pence)
        if self._fractions and row[self._amount] in self._fractions:
            self.rounded += 1
        return read

    def _read_usual(self, row: Row) -> PaymentRow:
        """The payment of a row. Rejected: anything is wrong with it. IndexError: it is short."""
        if self._other_header or (len(row) > self._width and self._is_too_wide(row)):
            raise Rejected(_UNUSUAL)
        if self._sections.current is not None:
            self._sections.current.check(self.pence_of(row))
        return PaymentRow(
            self._days[row[self._day]],
            self._payees[row[self._payee]],
            self._pence[row[self._amount]] if self._plain else self._amount_of(row),
            tuple([kept[row[place]] for place, kept in self._texts]),
        )

    def _read_unusual(self, number: int, row: Row) -> Skipped:
        below_words = self._headed == number - 1 > 0
        if is_blank_row(row):
            self._headed = number if below_words else 0
            return Skipped(BLANK)
        if says_header(row, self._names, adjoins=number == self._shape.header_end + 1):
            self._other_header = False
            return Skipped(HEADER)
        has_day = self._has_day(row)
        if not has_day and is_other_header(row):
            self._other_header = True
            raise Rejected("a second header with other columns: send the tables as files")
        pence = self.pence_of(row)
        if pence is not None and self._is_total(row, pence, has_day=has_day):
            self._sums.compare(number, pence)
            return Skipped(TOTAL, pence)
        blank = is_blank(cell(row, self._amount))
        if blank and not has_day and is_note(row, (self._day, self._amount)):
            self._sections.enter(row)
            self._headed = number
            return Skipped(NOTE)
        self._sums.add(pence or 0)
        reason = self._reason(row)
        if below_words and reason.field == "payee" and is_blank(cell(row, self._payee)):
            self._headed = number
            raise Rejected(_HEADED, "payee")
        raise reason

    def _has_day(self, row: Row) -> bool:
        try:
            self.read_day(cell(row, self._day))
        except Rejected:
            return False
        return True

    def _is_total(self, row: Row, pence: int, *, has_day: bool) -> bool:
        """Whether a row is a total: by its words, alone in its row, or equal to the sum so far."""
        name = as_text(cell(row, self._payee))
        named = name is not None and is_bare_total(name)
        if has_day:
            return named and self._sums.is_sum(pence)
        if named or says_total(row) or sum(not is_blank(value) for value in row) == 1:
            return True
        if not is_blank(cell(row, self._day)):
            return False
        return self._sums.is_sum_of_several(pence) or (name is None and self._sums.is_sum(pence))

    def _reason(self, row: Row) -> Rejected:
        """Why a row can't be used: the first thing that is wrong with it."""
        if self._other_header:
            return Rejected("the row stands under a second header with other columns")
        if self._is_too_wide(row):
            return Rejected(f"the row has more fields than the header's {self._width}")
        if any(str(cell(row, place)).endswith(STRUCK) for place in (self._day, self._amount)):
            return Rejected(
                "the row is struck through in its workbook: if it was paid, take that mark off its "
                "date and amount and send it again",
                "amount",
            )
        try:
            if self._sections.current is not None:
                self._sections.current.check(self.pence_of(row))
            self.read_day(cell(row, self._day))
            self._amount_of(row)
            read_payee(cell(row, self._payee))
            for field, place in self._said:
                reader_of(field)(cell(row, place))
        except Rejected as error:
            return error
        return Rejected(_UNUSUAL)

    def _is_too_wide(self, row: Row) -> bool:
        """Whether a row has a field beyond the header: in text one of them was cut in two."""
        if not self._shape.textual or not self._shape.header.end:
            return False
        return any(not is_blank(value) for value in row[self._width :])

    def read_day(self, value: Any) -> date:
        """The day of a cell. Rejected: none, one out of bounds, or too far ahead."""
        day = read_day_as(plain(value, "payment_date"), self._shape.day_form)
        check_value("payment_date", day)
        if day > self._latest:
            raise Rejected("payment_date is more than 31 days ahead", "payment_date")
        return day

    def _read_amount(self, value: Any) -> int:
        parsed = read_parsed(plain(value, "amount"), self._shape.amount_form)
        if parsed.rounded and len(self._fractions) < _MOST_KEPT:
            self._fractions.add(value)
        return parsed.pence

    def _amount_of(self, row: Row) -> int:
        """The pence of a row. Rejected: none were paid, or of another currency."""
        pence = self._stated(row)
        if self._status is not None:
            self._status.check(row)
        if self._currency is not None:
            check_pounds(cell(row, self._currency))
        return pence

    def _stated(self, row: Row) -> int:
        """What a row states, in whatever currency. Rejected: nothing that is an amount."""
        if self._credit is not None:
            return self._net_of_credit(row, self._credit)
        pence = self._read_amount(cell(row, self._amount))
        sign = self._sign
        is_negative = sign is not None and mark_of(cell(row, sign.place)) in sign.said
        return -abs(pence) if is_negative else pence

    def _net_of_credit(self, row: Row, place: int) -> int:
        """The debit less the credit, either of which may be blank."""
        debit, credit = cell(row, self._amount), cell(row, place)
        if is_blank(debit) and is_blank(credit):
            raise Rejected("amount is blank", "amount")
        given = 0 if is_blank(debit) else self._read_amount(debit)
        return given - (0 if is_blank(credit) else abs(self._read_amount(credit)))

    def pence_of(self, row: Row) -> int | None:
        """The pence of a row, whatever else is wrong with it; None where they can't be read."""
        try:
            return self._stated(row)
        except Rejected:
            return None
