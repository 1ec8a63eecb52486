"""Which of some payments the file of another import states too: its kept bytes are read again."""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.file_rows import FileRows, PaymentRows, kept_tables
from services.ingest.imports.kept_files import unpack_file
from services.ingest.payments.payment import Payment
from services.ingest.queries.buyers import find_buyers
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.shapes.row_reader import Skipped
from shared.errors import Rejected


async def stated_elsewhere(
    engine: AsyncEngine, run: Row[Any], payment_ids: Collection[str], now: datetime
) -> list[Payment]:
    """Those of the payments that the rows say which an import has read so far, as they say them."""
    async with engine.connect() as connection:
        buyers = await find_buyers(connection)
    with TemporaryDirectory(prefix="localpound-") as folder:
        path = Path(folder) / "file"
        await unpack_file(engine, run.digest, path)
        return await asyncio.to_thread(_find, path, run, payment_ids, buyers, now)


def _find(
    path: Path, run: Row[Any], payment_ids: Collection[str], buyers: Buyers, now: datetime
) -> list[Payment]:
    found: dict[str, Payment] = {}
    with open_file(path, Limits(), run.name) as opened:
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
