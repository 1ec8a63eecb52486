"""Rejected rows of files, corrected: read again as their import reads, named as it names."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.file_rows import FileRows, kept_tables
from services.ingest.imports.kept_files import unpack_file
from services.ingest.imports.occurrences import MOST
from services.ingest.imports.payment_rows import TOO_MANY_EQUAL, origin_of, posted_row, row_id
from services.ingest.payments.payment import Payment, PostedRow, check_payment
from services.ingest.queries.ledger import find_payments
from services.ingest.queries.reject_corrections import count_settled_rows
from services.ingest.queries.rejects import rejected_places
from services.ingest.queries.revisions import find_corrected_rows
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.rejects.reject_origin import RowOrigin
from services.ingest.shapes.kept_shape import kept_shape
from services.ingest.shapes.row_reader import PaymentRow, RowReader, Skipped
from services.ingest.shapes.table import State, TableShape
from shared.errors import Rejected


class CorrectedRow(NamedTuple):
    """A rejected row with the cells that it has now."""

    reject_id: str
    origin: RowOrigin
    cells: tuple[Any, ...]


class ReadRow(NamedTuple):
    """What a corrected row says: its natural key is that of the first of equal rows."""

    posted: PostedRow
    pence: int
    key: str


def shape_of(run: Row[Any], sheet: int) -> TableShape:
    """How an import reads the rows of one of its sheets. Rejected: it holds no payments."""
    shape = kept_shape(run.shapes[sheet]) if sheet < len(run.shapes) else None
    if shape is None or shape.state is not State.PAYMENTS:
        raise Rejected("the file is read otherwise than when the row was rejected: send it again")
    return shape


def read_row(shape: TableShape, row: CorrectedRow, buyer: str, today: date) -> ReadRow:
    """A corrected row by the columns of its table. Rejected: it is still none that can be used."""
    reader = RowReader(shape, today)
    read = reader.read(row.origin.row, row.cells)
    if isinstance(read, Skipped):
        raise Rejected(f"the row reads as a {read.kind} row, and not as a payment")
    posted = posted_row(buyer, reader.fields, read)
    return ReadRow(posted, read.pence, row_id(posted, read.pence, 1))


async def name_rows(
    tx: AsyncConnection,
    run: Row[Any],
    rows: Sequence[tuple[CorrectedRow, ReadRow]],
    buyers: Buyers,
    limits: Limits,
    now: datetime,
) -> dict[str, Payment | Rejected]:
    """The payment of each of a file's corrected rows, by reject id.

    A row is named by what it says and by how many equal rows its file has: those that were used
    and those that were corrected to it. So the file that its publisher corrects later, whatever the
    order of its rows, has the same names. Only where the ledger knows the first of equal rows is
    the file read again, to count them.
    """
    keys = {read.key for _, read in rows}
    known = set(await find_payments(tx, list(keys))) | set(
        await find_corrected_rows(tx, list(keys))
    )
    met: Counter[str] = Counter()
    if known:
        met = await _count_rows(tx, run, known, limits, now.date())
        settled = await count_settled_rows(tx, run.file_id, [UUID(key) for key in known])
        met.update({str(key): count for key, count in settled.items()})
    named: dict[str, Payment | Rejected] = {}
    for row, read in rows:
        occurrence = met[read.key] + 1
        if occurrence > MOST:
            named[row.reject_id] = Rejected(TOO_MANY_EQUAL)
            continue
        try:
            named[row.reject_id] = check_payment(
                read.posted,
                row_id(read.posted, read.pence, occurrence),
                f"/files/{row.origin.file_id}",
                row.origin.place,
                buyers,
                now,
            )
        except Rejected as error:
            named[row.reject_id] = error.bare()
        else:
            met[read.key] = occurrence
    return named


async def _count_rows(
    tx: AsyncConnection, run: Row[Any], keys: Collection[str], limits: Limits, today: date
) -> Counter[str]:
    """How many rows of a file that were not rejected say each of these."""
    rejected = await rejected_places(tx, str(run.file_id), run.buyer)
    with TemporaryDirectory(prefix="localpound-") as folder:
        path = Path(folder) / "file"
        await unpack_file(tx, run.digest, path)
        return await asyncio.to_thread(_count, path, run, keys, rejected, limits, today)


def _count(
    path: Path,
    run: Row[Any],
    keys: Collection[str],
    rejected: Collection[str],
    limits: Limits,
    today: date,
) -> Counter[str]:
    counted: Counter[str] = Counter()
    with open_file(path, limits, run.name) as opened:
        rows = FileRows(kept_tables(opened.sheets, run.name, run.shapes), today)
        for sent in rows:
            if not isinstance(sent.read, PaymentRow):
                continue
            posted = posted_row(run.buyer, rows.fields(sent.table), sent.read)
            key = row_id(posted, sent.read.pence, 1)
            if key in keys and origin_of(str(run.file_id), sent) not in rejected:
                counted[key] += 1
    return counted
