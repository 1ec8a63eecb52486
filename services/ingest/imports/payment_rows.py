"""Payments of the rows of one file: each named by what it says and how often it was said."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any

import orjson

from services.ingest.buyers.buyer import Buyer, Buyers, find_buyer
from services.ingest.imports.column_names import SURPLUS, column_names
from services.ingest.imports.file_rows import FileRow, FileRows
from services.ingest.imports.occurrences import MOST, Occurrences
from services.ingest.imports.tally import MOST_NUMBERED, Count
from services.ingest.keyed_ids import keyed_id_on, supplier_id
from services.ingest.payments.payment import Payment, PostedRow, check_day
from services.ingest.payments.wording import fold_payee, fold_reference, fold_unit
from services.ingest.reading.sheet import Broken, Row
from services.ingest.shapes.row_reader import PaymentRow
from shared.errors import Rejected
from shared.inbox import Reject

_SAID = PostedRow._fields[PostedRow._fields.index("reference") :]
_REFERENCE, _UNIT, _PLACE, _CHARITY, _COMPANY = map(
    _SAID.index, ("reference", "unit", "place", "charity_number", "company_number")
)
TOO_MANY_EQUAL = f"the file says the same in {MOST:,} rows before: no more can be told apart"


class PaymentRows:
    """Makes payments of the rows of one file, which must be given in order."""

    def __init__(self, rows: FileRows, buyer: str, file_id: str) -> None:
        self._rows = rows
        self._buyer = buyer
        self._file_id = file_id
        self._source = f"/files/{file_id}"
        self._met = Occurrences(rows.rows_about)
        self._repeated = self._repeated_pence = 0
        self._repeated_first: list[int] = []
        self._spreads: dict[int, Callable[[tuple[str | None, ...]], tuple[str | None, ...]]] = {}
        self._checked: dict[date, Buyer] = {}
        self._checked_by: tuple[Buyers, datetime | None] = ({}, None)

    def read(self, sent: FileRow, buyers: Buyers, now: datetime) -> Payment:
        """The payment of a row, checked as a posted one is. Rejected: it is none that can be used.

        No `PostedRow` is made of it: that and its checks took a third of the time of a row.
        """
        read = sent.read
        if isinstance(read, Rejected):
            raise read.bare()
        if not isinstance(read, PaymentRow):
            raise TypeError(f"row {sent.number} is skipped, and makes no payment")
        day, payee, pence, _ = read
        said = self._said_of(sent.table, read)
        named = (day, self._buyer, payee, pence, said[_REFERENCE], said[_UNIT])
        payment_id = _row_id(*named, 1)
        occurrence = self._met.count(_digits(payment_id))
        if occurrence > MOST:
            raise Rejected(TOO_MANY_EQUAL)
        if occurrence > 1:
            payment_id = _row_id(*named, occurrence)
        buyer = self._paid_on(day, buyers, now)
        supplier = supplier_id(payee, said[_CHARITY], said[_COMPANY])
        place = said[_PLACE] or buyer.place
        payment = Payment._make(
            (
                *(payment_id, self._buyer, supplier, payee, day, pence, now),
                *(*said[:_PLACE], place, *said[_PLACE + 1 :]),
                *(self._source, _place(sent)),
            )
        )
        if occurrence > 1:
            self._repeated += 1
            self._repeated_pence += sent.pence
            if self._repeated <= MOST_NUMBERED:
                self._repeated_first.append(sent.number)
        return payment

    def _paid_on(self, day: date, buyers: Buyers, now: datetime) -> Buyer:
        """The buyer, which existed on that day: each day is checked once for a batch."""
        if self._checked_by[0] is not buyers or self._checked_by[1] != now:
            self._checked_by = (buyers, now)
            self._checked.clear()
        buyer = self._checked.get(day)
        if buyer is None:
            buyer = find_buyer(buyers, self._buyer)
            check_day(buyer, day, now)
            self._checked[day] = buyer
        return buyer

    def _said_of(self, table: int, read: PaymentRow) -> tuple[str | None, ...]:
        """What a row says beyond day, payee and amount, in the order of a payment's fields."""
        spread = self._spreads.get(table)
        if spread is None:
            spread = self._spreads[table] = _spread(tuple(self._rows.fields(table)))
        return spread((*read.said, None))

    def take_repeated(self) -> Count:
        """The payments since this was asked last that say the same as a row above them."""
        taken = Count(self._repeated, self._repeated_pence, tuple(self._repeated_first))
        self._repeated = self._repeated_pence = 0
        self._repeated_first = []
        return taken

    def pass_by(self, sent: FileRow) -> None:
        """Count a row among those that say the same, and make nothing of it: it was recorded."""
        if isinstance(sent.read, PaymentRow):
            day, payee, pence, _ = sent.read
            said = self._said_of(sent.table, sent.read)
            named = (day, self._buyer, payee, pence, said[_REFERENCE], said[_UNIT])
            self._met.count(_digits(_row_id(*named, 1)))

    def refuse(self, sent: FileRow, error: Rejected) -> Reject:
        """The reject of a row: its content is the row as JSON."""
        if isinstance(sent.row, Broken):
            content = sent.row.text.encode(errors="backslashreplace")
        else:
            content = row_as_json(sent.row, self._rows.names(sent.table))
        return Reject(self.origin(sent), error.reason, error.field, content, self._buyer)

    def origin(self, sent: FileRow) -> str:
        """What names a row among all that is ever rejected."""
        return origin_of(self._file_id, sent)


def posted_row(buyer: str, fields: Sequence[str], read: PaymentRow) -> PostedRow:
    """What a row posts; `fields` are those of `PaymentRow.said`."""
    said = _spread(tuple(fields))((*read.said, None))
    return PostedRow(buyer, read.payee, read.day, read.pence, None, *said)


@cache
def _spread(fields: tuple[str, ...]) -> Callable[[tuple[str | None, ...]], tuple[str | None, ...]]:
    """Picks a row's values in the order of `_SAID`, the last one for a field that is not there."""
    return itemgetter(*[fields.index(name) if name in fields else -1 for name in _SAID])


def _place(sent: FileRow) -> str:
    """The number of a row, after the place of its sheet where that is not the first."""
    return f"{sent.table}/{sent.number}" if sent.table else str(sent.number)


def origin_of(file_id: str, sent: FileRow) -> str:
    """What names a row among all that is ever rejected."""
    return f"file:{file_id}/{_place(sent)}"


def count_row(sent: FileRow) -> Count:
    """One row and its number, with its pence where they can be read."""
    return Count(1, sent.pence, (sent.number,))


def row_id(posted: PostedRow, pence: int, occurrence: int) -> str:
    """The payment id of a row: its natural key, and its occurrence among equal rows of its file.

    What describes the payment (purpose, programme, a charity's number, ...) is no part of it: the
    next edition of the file may fill a column more, and its pounds are the same pounds. So they are
    where it words the payee, the unit or the reference otherwise (`wording`).
    """
    return _row_id(
        *(posted.payment_date, posted.buyer, posted.payee, pence),
        *(posted.reference, posted.unit, occurrence),
    )


def _row_id(
    day: date,
    buyer: str,
    payee: str,
    pence: int,
    reference: str | None,
    unit: str | None,
    occurrence: int,
) -> str:
    return keyed_id_on(
        day,
        "payment",
        "file",
        buyer,
        fold_payee(payee),
        fold_reference(reference) if reference else "",
        str(pence),
        fold_unit(unit) if unit else "",
        str(occurrence),
    )


def _digits(payment_id: str) -> int:
    """The last 60 bits of an id, which are all of them digest."""
    return int(payment_id[20:23] + payment_id[24:], 16)


def row_as_json(row: Row, names: Sequence[str]) -> bytes:
    """A row as it is kept in quarantine: by column, and its surplus fields under `surplus`."""
    named = column_names(tuple(names))
    said: dict[str, Any] = dict(zip(named, row, strict=False))
    if surplus := list(row[len(named) :]):
        said[SURPLUS] = surplus
    try:
        return orjson.dumps(said, default=_jsonable)
    except orjson.JSONEncodeError:  # a byte that is no character stands as an escape
        return json.dumps(said, default=_jsonable).encode()


def _jsonable(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
