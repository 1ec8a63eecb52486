"""Rows that were taken back count again where another file states them: its kept bytes tell."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.arrivals.batch import Batch
from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.file_rows import FileRows, kept_tables
from services.ingest.imports.kept_files import unpack_file
from services.ingest.imports.payment_rows import PaymentRows
from services.ingest.payments.payment import Payment
from services.ingest.payments.post_payments import Posted, record_payments
from services.ingest.payments.restate import stating
from services.ingest.queries.buyers import find_buyers
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.shapes.row_reader import Skipped
from shared.errors import Rejected
from shared.inbox import Reject


async def state_elsewhere(
    tx: AsyncConnection,
    run: Row[Any],
    payment_ids: Collection[str],
    limits: Limits,
    now: datetime,
) -> Posted:
    """Record those of the rows that an import has read so far which are named by these ids."""
    buyers = await find_buyers(tx)
    with TemporaryDirectory(prefix="localpound-") as folder:
        path = Path(folder) / "file"
        await unpack_file(tx, run.digest, path)
        rows = await asyncio.to_thread(_find, path, run, payment_ids, limits, buyers, now)
    return await record_payments(tx, Batch(rows, [], _refuse), buyers, now, of_file=stating(run))


def _refuse(_: int, error: Rejected) -> Reject:
    raise error


def _find(
    path: Path,
    run: Row[Any],
    payment_ids: Collection[str],
    limits: Limits,
    buyers: Buyers,
    now: datetime,
) -> list[Payment]:
    found: dict[str, Payment] = {}
    with open_file(path, limits, run.name) as opened:
        rows = FileRows(kept_tables(opened.sheets, run.name, run.shapes), now.date())
        payments = PaymentRows(rows, run.buyer, str(run.file_id))
        for row in islice(rows, run.read):
            if isinstance(row.read, Skipped):
                continue
            with suppress(Rejected):
                payment = payments.read(row, buyers, now)
                if payment.payment_id in payment_ids:
                    found.setdefault(payment.payment_id, payment)
    return list(found.values())
