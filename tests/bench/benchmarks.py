"""A year of all buyers side by side, at the size of West Yorkshire.

`python -m tests.bench.benchmarks [--payments N] [--schema NAME]` prints a JSON line for a year of
all and of one buyer; a schema is one that `tests.bench.read_model_at_size` made with this code.
"""

import argparse
import asyncio
import statistics
import time
from datetime import date

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.stack import stack
from services.api.main import now
from services.api.queries.point_reads import PointReads
from services.api.routes import open_routes
from services.api.routes.door import Door
from shared.access import OPEN
from shared.door.web import open_door
from shared.lists.cursor import Cursors
from shared.logs import configure_logs
from tests.bench.figures import figure
from tests.bench.read_model_at_size import COUNCIL, PAYMENTS, read_model_at_size

_TIMES = 12


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    parser.add_argument("--schema")
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")

    async def run() -> None:
        with stack() as addresses:
            made = read_model_at_size(addresses, arguments.payments, schema=arguments.schema)
            async with made as engine:
                await _measure(engine, arguments.payments)

    asyncio.run(run())


async def _measure(engine: AsyncEngine, payments: int) -> None:
    app = open_door("bench", "", _nothing_amiss)
    today = date(2025, 3, 31)
    open_routes(app, Door(engine, PointReads(engine, 1), Cursors(None), OPEN, lambda: today, now))
    transport = httpx.ASGITransport(app=app)
    year = "financial_year=2024-25"
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        for what, path in (
            ("benchmarks_of_all_p50", f"/v1/benchmarks?{year}"),
            ("benchmarks_of_one_p50", f"/v1/benchmarks?{year}&buyer={COUNCIL}"),
            ("commitments_p50", f"/v1/commitments/{COUNCIL}/2024-25"),
        ):
            took = []
            for _ in range(_TIMES):
                started = time.perf_counter()
                answer = await client.get(path, timeout=None)
                took.append(1000 * (time.perf_counter() - started))
                answer.raise_for_status()
            figure(what, statistics.median(took), "ms", worst=round(max(took)), payments=payments)


async def _nothing_amiss() -> list[str]:
    return []


if __name__ == "__main__":
    main()
