"""`python -m tests.bench.exports`: a council's spend over £500 as one file, its rate and memory."""

import argparse
import asyncio
import resource
import secrets
import time
from datetime import date

from sqlalchemy import text

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.api.asked.periods import Span
from services.api.exports.asked import AskedExport
from services.api.exports.files import EXPORTS, SPEND_OVER_500
from services.api.queries.moment import as_one
from shared.database import migrate, open_engine
from shared.door.accepted import CSV_TYPE
from tests.bench.figures import figure, say

_BUYER = "GB-LAE-LDS"
# Lines of invoices over seven years to 30,000 suppliers, one in three of which nobody matched.
_PAYMENTS = f"""
    insert into payments (payment_id, buyer, supplier_id, payee, payment_date, amount_pence,
        recorded_at, transaction, unit, expense_type, purpose)
    select gen_random_uuid(), '{_BUYER}', md5((n % 30000)::text)::uuid, 'SUPPLIER ' || n % 30000,
        date '2018-01-01' + (n * 2555 / (cast(:lines as bigint) + 1))::int, 40000 + n % 200000,
        timestamptz '2025-01-01', 'T' || n / 2, 'Unit ' || n % 40, 'Type ' || n % 300,
        'Care at home, invoice ' || n
    from generate_series(1, cast(:lines as bigint)) as n
"""
_SUPPLIERS = """
    insert into suppliers select distinct on (supplier_id) supplier_id, 1, payee, 'auto', 1, 'name',
        '[]'::jsonb, case when payment_id::text < 'a' then 'GB-CHC-1' end, null, null, false,
        '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, '[]'::jsonb, null, null, null, null, null,
        '[]'::jsonb, null, null, now() from payments
"""


def main() -> None:
    """Fill a read model, write the file, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=500_000)
    arguments = parser.parse_args()
    with stack() as addresses:
        asyncio.run(measure_exports(addresses, arguments.payments))


async def measure_exports(addresses: Addresses, payments: int) -> None:
    """Rows a second, seconds to the first piece, and how much memory the second half took."""
    schema = f"bench_{secrets.token_hex(4)}"
    engine = open_engine(addresses.database, schema, synchronous_commit=False)
    await migrate(engine, "api", schema)
    try:
        async with engine.begin() as tx:
            await tx.execute(text(_PAYMENTS), {"lines": payments})
            await tx.execute(text(_SUPPLIERS))
        say(f"{payments:,} payments are there")
        asked = AskedExport(_BUYER, "Leeds City Council", Span(), date(2026, 11, 25))
        export = EXPORTS[SPEND_OVER_500]
        size = rows = early = 0
        started, first = time.perf_counter(), 0.0
        async with as_one(engine) as connection:
            async for piece in export.write[CSV_TYPE](asked, export.read(connection, asked)):
                first = first or time.perf_counter() - started
                size += len(piece)
                rows += piece.count(b"\n")
                if not early and rows > payments // 4:
                    early = _peak()
        seconds = time.perf_counter() - started
        figure("export_rows_per_second", round(rows / seconds), "rows/s", rows=rows, bytes=size)
        figure("export_first_piece_seconds", round(first, 2), "s", rows=rows)
        figure("export_memory_growth_mb", (_peak() - early) // 1024, "MB", after="a quarter")
    finally:
        async with engine.begin() as tx:
            await tx.execute(text(f"drop schema {schema} cascade"))
        await engine.dispose()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
