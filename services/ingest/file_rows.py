"""The rows of one file as payments: each one named by what it says and how often it was said."""

from datetime import datetime
from typing import NamedTuple

from services.ingest.buyer import Buyers
from services.ingest.occurrences import Occurrences
from services.ingest.payment import Payment, check_payment
from services.ingest.sources.council_spend import (
    find_columns,
    read_pence,
    read_posted_row,
    row_as_json,
    row_id,
)
from services.ingest.sources.tables import Broken, Row, Scan, header_of
from services.ingest.tally import Count
from shared.errors import Rejected
from shared.inbox import Reject


class FileRow(NamedTuple):
    """A row with its number: the first one after the header is 1."""

    number: int
    row: Row | Broken


class FileRows:
    """Reads the rows of one file, which must be given in order: equal ones are counted."""

    def __init__(self, scanned: Scan, buyer: str, file_id: str) -> None:
        self._columns = find_columns(header_of(scanned), scanned.path.name)
        self._buyer = buyer
        self._file_id = file_id
        self._source = f"/files/{file_id}"
        self._met = Occurrences()

    def read(self, sent: FileRow, buyers: Buyers, now: datetime) -> Payment:
        """The payment of a row."""
        number, row = sent
        if isinstance(row, Broken):
            raise Rejected("the line can't be read as a row")
        pence = read_pence(row, self._columns)
        posted = read_posted_row(row, self._columns, self._buyer, pence)
        payment_id = row_id(posted, pence, 1)
        occurrence = self._met.count(_digits(payment_id))
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
        """One row, with its pence where they can be read."""
        if isinstance(sent.row, Broken):
            return Count(1)
        try:
            return Count(1, read_pence(sent.row, self._columns))
        except Rejected:
            return Count(1)


def _digits(payment_id: str) -> int:
    """The last 60 bits of an id, which are all of them digest."""
    return int(payment_id[20:23] + payment_id[24:], 16)
