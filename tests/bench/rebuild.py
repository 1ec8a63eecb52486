"""`python -m tests.bench.rebuild`: a rebuild at West Yorkshire's size while the model answers.

Payments go through all four services first, then `python -m services.api rebuild` runs beside them
while readers ask: one payment, and the spend of all buyers, whose lines may never be fewer.
"""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

import asyncpg
import httpx

from deploy.local.addresses import Addresses
from deploy.local.services import Services, running_services
from deploy.local.stack import stack
from deploy.migrate import migrate_all
from tests.bench.figures import figure, percentile, say
from tests.bench.throughput import measure_throughput
from tests.support.data import data_folder

_WEST_YORKSHIRE = 4_660_000
"""As many as its files have that can be used, in round figures: more would be waited for."""
_ALONE_SECONDS = 15.0
_BETWEEN_SECONDS = 0.02


class Readers:
    """Ask for one payment and for the spend of all, again and again; `times` in seconds."""

    def __init__(self, api: str, payments: list[str]) -> None:
        self._api = api
        self._payments = payments
        self.times: dict[str, list[float]] = {"point_read": [], "spend": []}

    async def ask(self, done: asyncio.Event) -> None:
        """Ask until told that it is done; ValueError when an answer is short or none."""
        async with httpx.AsyncClient(base_url=self._api, timeout=60) as client:
            await asyncio.gather(self._payment(client, done), self._spend(client, done))

    async def _payment(self, client: httpx.AsyncClient, done: asyncio.Event) -> None:
        number = 0
        while not done.is_set():
            number += 1
            path = f"/v1/payments/{self._payments[number % len(self._payments)]}"
            await self._ask(client, path, "point_read")

    async def _spend(self, client: httpx.AsyncClient, done: asyncio.Event) -> None:
        lines = 0
        while not done.is_set():
            found = (await self._ask(client, "/v1/totals", "spend")).json()["lines"]
            if found < lines:
                raise ValueError(f"{found:,} lines were answered after {lines:,}")
            lines = found

    async def _ask(self, client: httpx.AsyncClient, path: str, name: str) -> httpx.Response:
        started = time.perf_counter()
        answer = await client.get(path)
        self.times[name].append(time.perf_counter() - started)
        if answer.status_code != httpx.codes.OK:
            raise ValueError(f"{path}: {answer.status_code} {answer.text[:200]}")
        await asyncio.sleep(_BETWEEN_SECONDS)
        return answer


async def measure_rebuild(addresses: Addresses, services: Services, payments: int) -> None:
    """Readers alone, then beside a rebuild of a filled model."""
    database = await asyncpg.connect(addresses.database)
    rows = await database.fetch("select payment_id::text from api.payments limit 5000")
    sample = [row["payment_id"] for row in rows]
    await _report("alone", _slept(_ALONE_SECONDS), services, sample)
    say(f"rebuilding {payments:,} payments")
    started = time.monotonic()
    await _report("during_rebuild", _rebuild(services), services, sample)
    seconds = time.monotonic() - started
    found = await database.fetchval("select sum(lines) from api.spend")
    await database.close()
    if found != payments:
        raise ValueError(f"{payments:,} payments were rebuilt as {found:,} lines")
    figure("rebuild_seconds", seconds, "s", payments=payments)
    figure("rebuild_payments_per_second", payments / seconds, "payments/s", payments=payments)


async def _report(
    when: str, work: "asyncio.Future[None]", services: Services, sample: list[str]
) -> None:
    readers = Readers(services.url("api"), sample)
    done = asyncio.Event()
    work.add_done_callback(lambda _: done.set())
    await asyncio.gather(readers.ask(done), work)
    for name, times in readers.times.items():
        asked = {"asked": len(times), "longest_ms": round(max(times) * 1000)}
        figure(f"{name}_p99_ms_{when}", percentile(times, 0.99) * 1000, "ms", **asked)


def _slept(seconds: float) -> "asyncio.Future[None]":
    return asyncio.ensure_future(asyncio.sleep(seconds))


def _rebuild(services: Services) -> "asyncio.Future[None]":
    async def run() -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.api", "rebuild"),
            env=os.environ | services.environment,
            stdout=sys.stderr,
        )
        if await process.wait():
            raise ValueError(f"the rebuild ended with code {process.returncode}")

    return asyncio.ensure_future(run())


def main() -> None:
    """Start everything, fill it, rebuild, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of real data")
    parser.add_argument("--payments", type=int, default=_WEST_YORKSHIRE)
    arguments = parser.parse_args()
    data = arguments.data or data_folder()
    with stack() as addresses:
        environment = asyncio.run(migrate_all(addresses.database))
        with running_services(addresses, environment) as services:
            asyncio.run(measure_throughput(addresses, services, data, arguments.payments))
            asyncio.run(measure_rebuild(addresses, services, arguments.payments))


if __name__ == "__main__":
    main()
