"""The rows of a table as payments: the same decision for a dry run and for an import."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from services.ingest.amounts import parse_amount, read_amount
from services.ingest.dates import read_day
from services.ingest.shapes.cells import Row, as_text, cell, is_blank, is_blank_row
from services.ingest.shapes.header import is_other_header, says_header
from services.ingest.shapes.row_kinds import (
    BLANK,
    HEADER,
    NOTE,
    TOTAL,
    TotalsRow,
    is_bare_total,
    is_note,
    says_total,
)
from services.ingest.shapes.table import TableShape
from services.ingest.sources.reading.sheet import Broken
from shared.envelope import explain
from shared.errors import Rejected
from shared.events import PaymentPosted

POSTED = (
    "reference",
    "transaction",
    "unit",
    "purpose",
    "programme",
    "place",
    "charity_number",
    "company_number",
    "postcode",
)
"""The fields of a payment beyond day, payee and amount, as far as a table may have them."""
_STANDS_FOR = {"purpose": "expense_type"}
"""What a table without the one says by the other: a type of expense tells what it was for."""
_AHEAD = timedelta(days=31)
_MOST_KEPT = 50_000
_ANY_LINE = 200


class PaymentRow(NamedTuple):
    """A row that is a payment; `said` are the values of `RowReader.fields`."""

    day: date
    payee: str
    pence: int
    said: tuple[str | None, ...]


class Skipped(NamedTuple):
    """A row that is no payment, of which kind, and its pence where it is a total."""

    kind: str
    pence: int = 0


class _Kept(dict[Any, Any]):
    """What each distinct value means; a bounded number of them. What is rejected is not kept."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, value: Any) -> Any:
        if len(self) >= _MOST_KEPT:
            self.clear()
        meaning = self._read(value)
        self[value] = meaning
        return meaning


_UNUSUAL = Rejected("the row can't be read")


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
        self._credit = shape.columns.credit
        said = [(field, self._place_of(field)) for field in POSTED]
        self._said = tuple((field, place) for field, place in said if place is not None)
        self.fields = tuple(field for field, _ in self._said)
        """The fields that `PaymentRow.said` holds."""
        self._latest = today + _AHEAD
        self._days, self._payees = _Kept(self.read_day), _Kept(_read_payee)
        self._pence = _Kept(self._read_amount)
        self._texts = tuple((place, _Kept(_reader_of(field))) for field, place in self._said)
        self._other_header = False
        self.totals: list[TotalsRow] = []
        self.rounded = 0
        """Payments whose amount had fractions of a penny."""
        self._fractions: set[Any] = set()
        self._sum = self._since = 0

    def _needed(self, field: str) -> int:
        place = self._shape.columns.place(field)
        if place is None:
            raise ValueError(f"a table of payments has a column of {field}")
        return place

    def _place_of(self, field: str) -> int | None:
        place = self._shape.columns.place(field)
        if place is None and field in _STANDS_FOR:
            return self._shape.columns.place(_STANDS_FOR[field])
        return place

    def read(self, number: int, row: Row | Broken) -> PaymentRow | Skipped:
        """What a row is. Rejected: it is a payment that can't be used, and why."""
        if isinstance(row, Broken):
            self._note(self.pence_of(row.row))
            raise Rejected(f"the line can't be read as a row: {row.reason}")
        try:
            read = self._read_usual(row)
        except Rejected:
            return self._read_unusual(number, row)
        except IndexError:
            return self.read(number, (*row, *(None,) * (len(self._names) - len(row))))
        self._sum += read.pence
        self._since += read.pence
        if self._fractions and row[self._amount] in self._fractions:
            self.rounded += 1
        return read

    def _read_usual(self, row: Row) -> PaymentRow:
        """The payment of a row. Rejected: anything is wrong with it. IndexError: it is short."""
        if self._other_header or (len(row) > self._width and self._is_too_wide(row)):
            raise _UNUSUAL
        return PaymentRow(
            self._days[row[self._day]],
            self._payees[row[self._payee]],
            self._pence[row[self._amount]] if self._credit is None else self._net_of_credit(row),
            tuple([kept[row[place]] for place, kept in self._texts]),
        )

    def _read_unusual(self, number: int, row: Row) -> Skipped:
        if is_blank_row(row):
            return Skipped(BLANK)
        if says_header(row, self._names):
            self._other_header = False
            return Skipped(HEADER)
        has_day = self._has_day(row)
        if not has_day and is_other_header(row):
            self._other_header = True
            raise Rejected("a second header with other columns: send the tables as files")
        pence = self.pence_of(row)
        if pence is not None and self._is_total(row, pence, has_day=has_day):
            self._compare(number, pence)
            return Skipped(TOTAL, pence)
        blank = is_blank(cell(row, self._amount))
        if blank and not has_day and is_note(row, (self._day, self._amount)):
            return Skipped(NOTE)
        self._note(pence)
        raise self._reason(row)

    def _has_day(self, row: Row) -> bool:
        try:
            self.read_day(cell(row, self._day))
        except Rejected:
            return False
        return True

    def _is_total(self, row: Row, pence: int, *, has_day: bool) -> bool:
        """Whether a row is a total: by its words, alone in its row, or equal to the sum so far."""
        name = as_text(cell(row, self._payee))
        sums = pence != 0 and pence in {self._sum, self._since}
        named = name is not None and is_bare_total(name)
        if has_day:
            return named and sums
        alone = sum(not is_blank(value) for value in row) == 1
        unsaid = is_blank(cell(row, self._day)) and name is None
        return alone or named or says_total(row) or (unsaid and sums)

    def _reason(self, row: Row) -> Rejected:
        """Why a row can't be used: the first thing that is wrong with it."""
        if self._other_header:
            return Rejected("the row stands under a second header with other columns")
        if self._is_too_wide(row):
            return Rejected(f"the row has more fields than the header's {self._width}")
        try:
            self.read_day(cell(row, self._day))
            self._amount_of(row)
            _read_payee(cell(row, self._payee))
            for field, place in self._said:
                _reader_of(field)(cell(row, place))
        except Rejected as error:
            return error
        return _UNUSUAL

    def _is_too_wide(self, row: Row) -> bool:
        """Whether a row has a field beyond the header: in text one of them was cut in two."""
        if not self._shape.textual or not self._shape.header.end:
            return False
        return any(not is_blank(value) for value in row[self._width :])

    def read_day(self, value: Any) -> date:
        """The day of a cell. Rejected: none, one out of bounds, or too far ahead."""
        form = self._shape.day_form
        day = read_day(
            _plain(value, "payment_date"), "payment_date", form.order, serials=form.serials
        )
        _check("payment_date", day)
        if day > self._latest:
            raise Rejected("payment_date is more than 31 days ahead", "payment_date")
        return day

    def _read_amount(self, value: Any) -> int:
        form = self._shape.amount_form
        pence = read_amount(_plain(value, "amount"), form)
        parsed = parse_amount(value, form)
        if parsed is not None and parsed.rounded and len(self._fractions) < _MOST_KEPT:
            self._fractions.add(value)
        return pence

    def _amount_of(self, row: Row) -> int:
        if self._credit is not None:
            return self._net_of_credit(row)
        return self._read_amount(cell(row, self._amount))

    def _net_of_credit(self, row: Row) -> int:
        """The debit less the credit, either of which may be blank."""
        debit, credit = cell(row, self._amount), cell(row, self._credit or 0)
        if is_blank(debit) and is_blank(credit):
            raise Rejected("amount is blank", "amount")
        given = 0 if is_blank(debit) else self._read_amount(debit)
        return given - (0 if is_blank(credit) else abs(self._read_amount(credit)))

    def pence_of(self, row: Row) -> int | None:
        """The pence of a row, whatever else is wrong with it; None where they can't be read."""
        try:
            return self._amount_of(row)
        except Rejected:
            return None

    def _note(self, pence: int | None) -> None:
        self._sum += pence or 0
        self._since += pence or 0

    def _compare(self, number: int, stated: int) -> None:
        nearer = min((self._sum, self._since), key=lambda read: abs(stated - read))
        self.totals.append(TotalsRow(number, stated, nearer))
        self._since = 0


def _plain(value: Any, field: str) -> Any:
    """A cell of text, number or day; bytes are read as UTF-8. Rejected where it is none."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise Rejected(f"{field} holds bytes that are not UTF-8 text", field) from error
    if isinstance(value, bool) or (
        value is not None and as_text(value) is None and not is_blank(value)
    ):
        raise Rejected(f"{field} is no text, number or date", field)
    return value


def _read_payee(value: Any) -> str:
    text = as_text(_plain(value, "payee"))
    if text is None:
        raise Rejected("payee is blank", "payee")
    if is_bare_total(text):
        raise Rejected("payee is the word for a total", "payee")
    return str(_check("payee", text))


@cache
def _reader_of(field: str) -> Callable[[Any], str | None]:
    def read(value: Any) -> str | None:
        text = as_text(_plain(value, field))
        return None if text is None else str(_check(field, text))

    return read


_USUAL = {"buyer": "GB-XXX-1", "payee": "Leeds Mind", "payment_date": date(2024, 4, 30)}


def _check(field: str, value: Any) -> Any:
    """The value as events hold it. Rejected in the words that a posted payment would get.

    Short printable ASCII is what every text of an event may be, and most texts are.
    """
    short = isinstance(value, str) and len(value) <= _ANY_LINE
    if short and value.isascii() and value.isprintable():
        return value
    try:
        return getattr(PaymentPosted.model_validate(_USUAL | {field: value}), field)
    except ValidationError as error:
        if error.errors()[0]["type"] == "string_unicode":
            raise Rejected(
                f"{field} holds a byte that is no character of its file", field
            ) from error
        raise explain(error) from error
