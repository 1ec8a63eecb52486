"""Records the year before as its months went by, so that there is something to have known then.

A use case takes the time as an argument: what ingest and classify recorded in 2023 is recorded by
them, with the clock of then. All that follows is sent to the running services, today.

`python -m deploy.demo.record_year_before REGISTERS` is a process of its own, since the key of the
deployment's ids is the process's that makes them.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from pathlib import Path

import orjson
from dateutil.relativedelta import relativedelta
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.finance_system import SOURCE
from deploy.demo.payments import Posting
from deploy.demo.year_before import year_before
from services.classify.basis.basis import Basis
from services.classify.basis.basis_in_force import BasisInForce
from services.classify.basis.index_registers import Registers
from services.classify.classify_suppliers import classify_suppliers
from services.classify.definitions.definition import read_definitions
from services.classify.registers import find_registers
from services.classify.registers.load_registers import load_register
from services.classify.supplier import Supplier
from services.ingest.arrivals.batch import Batch, read_batch
from services.ingest.buyers.buyer import Buyers
from services.ingest.payments.payment import Payment, read_payment
from services.ingest.payments.post_payments import post_payments
from services.ingest.queries.buyers import find_buyers
from services.ingest.take_id_key import take_id_key
from shared.database import open_engine
from shared.envelope import Envelope
from shared.errors import Rejected
from shared.events import PaymentPosted
from shared.inbox import Reject

_LOADED_ON = date(2023, 4, 1)
_CLOSED_ON, _CLOSED_AT = 3, time(9, tzinfo=UTC)
"""When the ledger of a month is closed and sent: in the morning of the next one's third day."""


async def record_year_before(
    environment: Mapping[str, str], registers: Path, payments: Sequence[Posting]
) -> None:
    """Load the registers of then, and post and classify month by month, recorded when it closed.

    `environment` has the addresses of both databases. Rejected: a payment that no door would take.
    """
    ingest = open_engine(environment["LOCALPOUND_INGEST_DATABASE"], "ingest")
    classify = open_engine(environment["LOCALPOUND_CLASSIFY_DATABASE"], "classify")
    try:
        await take_id_key(ingest)
        basis = await _basis_of_then(classify, registers)
        async with ingest.connect() as connection:
            buyers = await find_buyers(connection)
        for month, posted in groupby(payments, lambda posting: posting.data["payment_date"][:7]):
            now = _closed(month)
            batch = _read(list(posted), buyers, now)
            # First, or the running service classifies them when it meets them: today.
            await classify_suppliers(classify, basis, _suppliers(batch), (), now)
            await post_payments(ingest, batch, buyers, now)
    finally:
        await ingest.dispose()
        await classify.dispose()


async def _basis_of_then(classify: AsyncEngine, folder: Path) -> Basis:
    now = datetime.combine(_LOADED_ON, _CLOSED_AT)
    for register, path in find_registers(folder):
        await load_register(classify, register, path, now)
    # So few names are indexed here, and not kept in a folder.
    definitions = read_definitions(on=datetime.now(UTC).date())
    return await BasisInForce(classify, Registers("", "", ""), definitions).latest()


def _closed(month: str) -> datetime:
    after = date.fromisoformat(f"{month}-01") + relativedelta(months=1, day=_CLOSED_ON)
    return datetime.combine(after, _CLOSED_AT)


def _read(posted: Sequence[Posting], buyers: Buyers, now: datetime) -> Batch[Payment]:
    def read(posting: Posting) -> Payment:
        data = orjson.dumps({name: said for name, said in posting.data.items() if said is not None})
        return read_payment(Envelope(posting.id, SOURCE, PaymentPosted.TYPE, data), buyers, now)

    def refuse(_: Posting, error: Rejected) -> Reject:
        raise error

    return read_batch(posted, read, refuse)


def _suppliers(batch: Batch[Payment]) -> list[Supplier]:
    return list(
        {
            each.supplier_id: Supplier(each.supplier_id, each.payee, each.charity_number)
            for each in batch.facts
        }.values()
    )


if __name__ == "__main__":
    asyncio.run(record_year_before(os.environ, Path(sys.argv[1]), year_before().payments))
