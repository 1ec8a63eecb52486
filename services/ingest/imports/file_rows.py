"""The rows of one file as payments: each one named by what it says and how often it was said."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.column_names import SURPLUS, column_names
from services.ingest.imports.occurrences import MOST, Occurrences
from services.ingest.imports.tally import Count
from services.ingest.payments.payment import Payment, check_payment
from services.ingest.payments.wording import fold_payee, fold_reference, fold_unit
from services.ingest.reading.sheet import NAMES, Broken, Row
from services.ingest.shapes.row_kinds import HEADER, NOTE, TotalsRow
from services.ingest.shapes.row_reader import PaymentRow, RowReader, Skipped
from services.ingest.shapes.sheets import Table
from services.ingest.shapes.table import State
from services.ingest.shapes.torn import torn_rows
from shared.errors import Rejected
from shared.events import PaymentPosted
from shared.identity import identify
from shared.inbox import Reject

NOT_READ = "sheet"
"""The kind under which the rows of a sheet that holds no payments of its own are counted."""
TOO_MANY_EQUAL = f"the file says the same in {MOST:,} rows before: no more can be told apart"


class FileRow(NamedTuple):
    """A row: its sheet, its number there as a spreadsheet shows it, and what it was read as.

    `pence` are of whatever amount can be read in it.
    """

    table: int
    number: int
    row: Row | Broken
    read: PaymentRow | Skipped | Rejected
    pence: int


class FileRows:
    """Reads the rows of one file, in order: totals are compared, equal payments are counted.

    A dry run and an import read the same rows the same way.
    """

    def __init__(self, tables: Sequence[Table], today: date) -> None:
        self._tables = tables
        self._readers = {
            place: RowReader(table.shape, today)
            for place, table in enumerate(tables)
            if table.shape.state is State.PAYMENTS
        }

    def __iter__(self) -> Iterator[FileRow]:
        """Every row of every sheet, but the names that Parquet and JSON keep apart."""
        for place in range(len(self._tables)):
            yield from self.of_table(place)

    def of_table(self, place: int) -> Iterator[FileRow]:
        """Every row of one sheet. Rejected: the file is corrupt inside."""
        table = self._tables[place]
        shape = table.shape
        reader = self._readers.get(place)
        if reader is None:
            for number, row in table.sheet.rows():
                if number != NAMES:
                    yield FileRow(place, number, row, Skipped(NOT_READ), 0)
            return
        first = shape.header.first
        above = 0
        for number, row in table.sheet.rows(torn_rows(shape, table.sheet.delimiter)):
            if number == NAMES:
                continue
            if number <= shape.header_end:
                kind = NOTE if above < first else HEADER
                above += 1
                yield FileRow(place, number, row, Skipped(kind), 0)
                continue
            read: PaymentRow | Skipped | Rejected
            try:
                read = reader.read(number, row)
                pence = read.pence
            except Rejected as error:
                read = error
                pence = reader.pence_of(row.row if isinstance(row, Broken) else row) or 0
            yield FileRow(place, number, row, read, pence)

    def fields(self, place: int) -> tuple[str, ...]:
        """What `PaymentRow.said` of a sheet holds."""
        reader = self._readers.get(place)
        return () if reader is None else reader.fields

    def totals(self, place: int) -> list[TotalsRow]:
        """The totals that a sheet has stated so far, against what was read."""
        reader = self._readers.get(place)
        return [] if reader is None else reader.totals

    def rounded(self, place: int) -> int:
        """How many payments of a sheet had fractions of a penny so far."""
        reader = self._readers.get(place)
        return 0 if reader is None else reader.rounded

    def names(self, place: int) -> tuple[str, ...]:
        """The names of a sheet's columns."""
        return self._tables[place].shape.header.names


class PaymentRows:
    """Makes payments of the rows of one file, which must be given in order."""

    def __init__(self, rows: FileRows, buyer: str, file_id: str) -> None:
        self._rows = rows
        self._buyer = buyer
        self._file_id = file_id
        self._source = f"/files/{file_id}"
        self._met = Occurrences()
        self._repeated = Count()

    def read(self, sent: FileRow, buyers: Buyers, now: datetime) -> Payment:
        """The payment of a row. Rejected: it is none that can be used."""
        read = sent.read
        if isinstance(read, Rejected):
            raise read
        if not isinstance(read, PaymentRow):
            raise TypeError(f"row {sent.number} is skipped, and makes no payment")
        posted = posted_row(self._buyer, self._rows.fields(sent.table), read)
        payment_id = row_id(posted, read.pence, 1)
        occurrence = self._met.count(_digits(payment_id))
        if occurrence > MOST:
            raise Rejected(TOO_MANY_EQUAL)
        if occurrence > 1:
            payment_id = row_id(posted, read.pence, occurrence)
        payment = check_payment(posted, payment_id, self._source, _place(sent), buyers, now)
        if occurrence > 1:
            self._repeated += count_row(sent)
        return payment

    def take_repeated(self) -> Count:
        """The payments since this was asked last that say the same as a row above them."""
        repeated, self._repeated = self._repeated, Count()
        return repeated

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


def posted_row(buyer: str, fields: Sequence[str], read: PaymentRow) -> PaymentPosted:
    """What a row posts; `fields` are those of `PaymentRow.said`."""
    said: dict[str, Any] = dict(zip(fields, read.said, strict=True))
    return PaymentPosted.model_construct(
        buyer=buyer,
        payee=read.payee,
        payment_date=read.day,
        amount_pence=read.pence,
        **said,
    )


def _place(sent: FileRow) -> str:
    """The number of a row, after the place of its sheet where that is not the first."""
    return f"{sent.table}/{sent.number}" if sent.table else str(sent.number)


def origin_of(file_id: str, sent: FileRow) -> str:
    """What names a row among all that is ever rejected."""
    return f"file:{file_id}/{_place(sent)}"


def count_row(sent: FileRow) -> Count:
    """One row and its number, with its pence where they can be read."""
    return Count(1, sent.pence, (sent.number,))


def row_id(posted: PaymentPosted, pence: int, occurrence: int) -> str:
    """The payment id of a row: its natural key, and its occurrence among equal rows of its file.

    What describes the payment (purpose, programme, a charity's number, ...) is no part of it: the
    next edition of the file may fill a column more, and its pounds are the same pounds. So they are
    where it words the payee, the unit or the reference otherwise (`wording`).
    """
    return identify(
        "payment",
        "file",
        posted.buyer,
        posted.payment_date.isoformat(),
        fold_payee(posted.payee),
        fold_reference(posted.reference or ""),
        str(pence),
        fold_unit(posted.unit or ""),
        str(occurrence),
    )


def _digits(payment_id: str) -> int:
    """The last 60 bits of an id, which are all of them digest."""
    return int(payment_id[20:23] + payment_id[24:], 16)


def row_as_json(row: Row, names: Sequence[str]) -> bytes:
    """A row as it is kept in quarantine: by column, and its surplus fields under `surplus`."""
    named = column_names(names)
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
