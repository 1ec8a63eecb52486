"""The rows of one file as payments: each one named by what it says and how often it was said."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from services.ingest.buyer import Buyers
from services.ingest.occurrences import MOST, Occurrences
from services.ingest.payment import Payment, check_payment
from services.ingest.sources.council_spend import (
    find_columns,
    is_blank,
    is_torn,
    read_pence,
    read_posted_row,
    row_as_json,
    row_id,
)
from services.ingest.sources.reading.sheet import Broken, Row
from services.ingest.sources.tables import Scan, header_of, read_rows
from services.ingest.tally import Count
from shared.errors import Rejected
from shared.inbox import Reject


class FileRow(NamedTuple):
    """A row with its number: the first one after the header is 1, and blank ones count."""

    number: int
    row: Row | Broken


class FileRows:
    """Reads the rows of one file, which must be given in order: equal ones are counted."""

    def __init__(self, scanned: Scan, buyer: str, file_id: str) -> None:
        self._scanned = scanned
        self._columns = find_columns(header_of(scanned), scanned.path.name)
        self._buyer = buyer
        self._file_id = file_id
        self._source = f"/files/{file_id}"
        self._met = Occurrences()

    def __iter__(self) -> Iterator[FileRow]:
        """Every row of the file, blank ones too."""
        torn = partial(is_torn, columns=self._columns)
        for number, row in enumerate(read_rows(self._scanned, torn), 1):
            yield FileRow(number, row)

    def read(self, sent: FileRow, buyers: Buyers, now: datetime) -> Payment:
        """The payment of a row."""
        number, row = sent
        if isinstance(row, Broken):
            raise Rejected(f"the line can't be read as a row: {row.reason}")
        pence = read_pence(row, self._columns)
        posted = read_posted_row(row, self._columns, self._buyer, pence)
        payment_id = row_id(posted, pence, 1)
        occurrence = self._met.count(_digits(payment_id))
        if occurrence > MOST:
            raise Rejected(
                f"the file says the same in {MOST:,} rows before: no more can be told apart"
            )
        if occurrence > 1:
            payment_id = row_id(posted, pence, occurrence)
        return check_payment(posted, payment_id, self._source, str(number), buyers, now)

    def refuse(self, sent: FileRow, error: Rejected) -> Reject:
        """The reject of a row: its content is the row as JSON."""
        number, row = sent
        if isinstance(row, Broken):
            content = row.text.encode(errors="backslashreplace")
        else:
            content = row_as_json(row, self._columns)
        origin = f"file:{self._file_id}/{number}"
        return Reject(origin, error.reason, error.field, content, self._buyer)

    def count(self, sent: FileRow) -> Count:
        """One row and its number, with its pence where they can be read."""
        row = sent.row.row if isinstance(sent.row, Broken) else sent.row
        try:
            return Count(1, read_pence(row, self._columns), (sent.number,))
        except Rejected:
            return Count(1, 0, (sent.number,))


def says_nothing(sent: FileRow) -> bool:
    """Whether the row is blank: it is no payment, and none that went wrong."""
    return not isinstance(sent.row, Broken) and is_blank(sent.row)


def _digits(payment_id: str) -> int:
    """The last 60 bits of an id, which are all of them digest."""
    return int(payment_id[20:23] + payment_id[24:], 16)
