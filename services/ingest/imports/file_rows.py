"""The rows of one file as payments: each one named by what it says and how often it was said."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.column_names import SURPLUS, column_names
from services.ingest.imports.occurrences import MOST, Occurrences
from services.ingest.imports.tally import Count
from services.ingest.keyed_ids import keyed_id_on
from services.ingest.payments.payment import Payment, PostedRow, check_payment
from services.ingest.payments.wording import fold_payee, fold_reference, fold_unit
from services.ingest.reading.sheet import NAMES, Broken, Row, Sheet
from services.ingest.shapes.kept_shape import kept_shape
from services.ingest.shapes.mended import mend_again
from services.ingest.shapes.merged import fill_merged
from services.ingest.shapes.row_kinds import HEADER, NOTE, TotalsRow
from services.ingest.shapes.row_reader import PaymentRow, RowReader, Skipped
from services.ingest.shapes.sheets import sheet_name
from services.ingest.shapes.table import State, Table
from services.ingest.shapes.torn import torn_rows
from shared.errors import Rejected
from shared.inbox import Reject

_SAID = PostedRow._fields[PostedRow._fields.index("reference") :]
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


def kept_tables(
    sheets: Sequence[Sheet], file_name: str, shapes: Sequence[dict[str, Any]]
) -> list[Table]:
    """The tables of a kept file, read and mended as its import read them."""
    tables = []
    for sheet, kept in zip(sheets, shapes, strict=True):
        shape = kept_shape(kept)
        mended = mend_again(fill_merged(sheet), file_name, shape)
        tables.append(Table(mended, sheet_name(sheet), shape))
    return tables


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

    @property
    def rows_about(self) -> int:
        """How many rows the sheets of payments have, as far as that is known before."""
        return sum(self._tables[place].sheet.rows_about or 0 for place in self._readers)

    def table(self, place: int) -> Table:
        """A sheet and what it is."""
        return self._tables[place]

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
        self._met = Occurrences(rows.rows_about)
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

    def pass_by(self, sent: FileRow) -> None:
        """Count a row among those that say the same, and make nothing of it: it was recorded."""
        if isinstance(sent.read, PaymentRow):
            posted = posted_row(self._buyer, self._rows.fields(sent.table), sent.read)
            self._met.count(_digits(row_id(posted, sent.read.pence, 1)))

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
    return keyed_id_on(
        posted.payment_date,
        "payment",
        "file",
        posted.buyer,
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
