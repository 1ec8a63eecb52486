"""`python -m tests.bench.quality`: the quality report of a buyer with 1.5 million payments."""

import argparse
import asyncio
import resource
import secrets
import time
from datetime import date

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.api.main import now
from services.api.queries.point_reads import PointReads
from services.api.routes import open_routes
from services.api.routes.door import Door
from services.api.withheld.take_id_key import take_id_key
from shared.access import OPEN
from shared.database import migrate, open_engine
from shared.door.web import open_door
from shared.lists.cursor import Cursors
from shared.logs import configure_logs
from tests.bench.figures import figure, say

_PAYMENTS = 1_500_000
_ASKED = 3
_BUYER = "GB-LAE-LDS"
# As a large council's: 7 years of working days, 30,000 suppliers of which few have most lines, 40
# units, every seventh line without a reference, in the order of their days; and a third as many
# lines of other buyers among them.
_PAYMENTS_MADE = f"""
    insert into payments (payment_id, buyer, supplier_id, payee, payment_date, amount_pence,
        recorded_at, reference, transaction, unit, programme)
    select gen_random_uuid(), case when n % 4 > 0 then '{_BUYER}' else 'GB-LAE-B' || n % 9 end,
        md5(who::text)::uuid, 'SUPPLIER ' || who, date '2018-01-01' + day, amount,
        timestamptz '2025-01-01', case when n % 7 > 0 then 'INV ' || n / 2 end, 'T' || n / 3,
        'Unit ' || (who + n % 2) % 40, case when n % 3 > 0 then 'Programme ' || who % 12 end
    from (
        select n, (30000 * power(random(), 8))::int as who,
            (n * 2555 / (cast(:lines as bigint) + 1))::int as day,
            (50000 + 100000 * random() / (random() + 0.001))::bigint as amount
        from generate_series(1, cast(:lines as bigint)) as n
    ) as made
"""
_CODED = "md5(concat_ws(chr(31), buyer, unit, programme))::uuid"
_ROLLED_UP = f"""
    insert into spend select buyer, date_trunc('month', payment_date)::date, supplier_id, '',
        {_CODED}, count(*), sum(amount_pence), sum(amount_pence)
    from payments group by 1, 2, 3, 5
"""
_PROGRAMMES = f"""
    insert into programmes select distinct {_CODED}, date '0001-01-01', date '9999-12-31',
        case when programme is null then 'unmapped' else 'as-coded' end, programme, 'no line'
    from payments
"""
_CODINGS = f"""
    insert into codings select distinct on (1) {_CODED}, buyer, coalesce(unit, ''), '',
        coalesce(programme, '') from payments
"""
_CLASSIFIED = """
    insert into suppliers select supplier_id, 1, max(payee), 'none', 0, 'no-match', '[]', null,
        null, null, false, '[]', '[]', '[]', '[]', null, null, null, null, null, '[]', null, null,
        now() from payments group by 1
"""


def main() -> None:
    """Fill a read model, measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=_PAYMENTS)
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses:
        asyncio.run(measure_quality(addresses, arguments.payments))


async def measure_quality(addresses: Addresses, payments: int = _PAYMENTS) -> None:
    """The whole history of one buyer, and one financial year of it."""
    schema = f"bench_{secrets.token_hex(4)}"
    engine = open_engine(addresses.database, schema, synchronous_commit=False)
    await migrate(engine, "api", schema)
    await take_id_key(engine)
    try:
        lines = payments * 4 // 3
        say(f"{lines:,} payments are made, three quarters of them of one buyer")
        async with engine.begin() as tx:
            await tx.execute(text(_PAYMENTS_MADE), {"lines": lines})
            await tx.execute(text(_ROLLED_UP))
            await tx.execute(text(_CODINGS))
            await tx.execute(text(_PROGRAMMES))
            await tx.execute(text(_CLASSIFIED))
        async with engine.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
                text("vacuum analyze payments, spend, suppliers")
            )
        await _measure(engine, payments)
    finally:
        async with engine.begin() as tx:
            await tx.execute(text(f"drop schema {schema} cascade"))
        await engine.dispose()


async def _measure(engine: AsyncEngine, payments: int) -> None:
    app = open_door("bench", "", _nothing_amiss)
    today = date(2025, 1, 31)
    open_routes(app, Door(engine, PointReads(engine, 1), Cursors(None), OPEN, lambda: today, now))
    transport = httpx.ASGITransport(app=app)
    before = _memory()
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        for name, asked in (("whole", {}), ("year", {"financial_year": "2023-24"})):
            times = []
            for _ in range(_ASKED):
                started = time.perf_counter()
                answer = await client.get("/v1/quality", params={"buyer": _BUYER, **asked})
                times.append(time.perf_counter() - started)
                answer.raise_for_status()
            figure(f"quality_{name}_seconds", min(times), "s", payments=payments)
    figure("quality_memory_mb", _memory() - before, "MB", payments=payments)


def _memory() -> float:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _nothing_amiss() -> list[str]:
    return []


if __name__ == "__main__":
    main()
