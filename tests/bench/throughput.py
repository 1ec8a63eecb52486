"""Payments end to end: from the first produce to the last projected, and what each one spent."""

import asyncio
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import psutil

from deploy.local.addresses import Addresses
from deploy.local.services import Services
from tests.bench.figures import figure, say
from tests.bench.machine import cpu_seconds, folder_bytes, peak_memory

_LONGEST_SECONDS = 480
_SLOWEST = 2_500
"""Payments a second, of as many as take longer than that."""


@dataclass(frozen=True)
class Run:
    """What one throughput run measured."""

    payments: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Payments a second, end to end."""
        return self.payments / self.seconds


async def measure_throughput(
    addresses: Addresses, services: Services, data: Path | None, payments: int
) -> Run:
    """Publish `payments` from a process of its own and wait until `api` has all of them."""
    kind = "real" if data else "generated"
    say(f"publishing {payments:,} {kind} payments")
    pids = {**services.pids, **addresses.pids}
    database = await asyncpg.connect(addresses.database)
    producer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.producer"),
        *(addresses.kafka, str(payments), str(data or "")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert producer.stdout is not None  # both are pipes
    assert producer.stdin is not None
    await producer.stdout.readline()  # it has the payments in memory
    ready = psutil.Process(producer.pid).cpu_times()
    before = cpu_seconds(pids)
    started = time.monotonic()
    with peak_memory(pids) as peaks:
        producer.stdin.close()
        await _until_projected(services, database, payments, started)
        seconds = time.monotonic() - started
    after = cpu_seconds(pids)
    sent = float(await producer.stdout.readline())
    await producer.wait()
    spent = {name: after[name] - before[name] for name in pids}
    spent["producer"] = sent - ready.user - ready.system
    _report(Run(payments, seconds), spent, peaks, kind)
    await _report_sizes(addresses, database, payments)
    await database.close()
    return Run(payments, seconds)


async def _until_projected(
    services: Services, database: asyncpg.Connection, payments: int, started: float
) -> None:
    """Ask `api` how many payments it projected, a figure it keeps anyway; once sure, the table."""
    async with httpx.AsyncClient() as client:
        while (done := await payments_projected(client, services.url("api"))) < payments:
            if time.monotonic() - started > max(_LONGEST_SECONDS, payments / _SLOWEST):
                ledger = await database.fetchval("select count(*) from ingest.payments")
                raise TimeoutError(f"not all of {payments} projected, {ledger} in the ledger")
            # Each question costs api some milliseconds, which count as its own.
            await asyncio.sleep(0.25 if done > 0.8 * payments else 1.0)
    lines = await database.fetchval("select sum(lines) from api.spend")
    if lines != payments:
        raise ValueError(f"{payments} were sent, the read model has {lines}")


async def payments_projected(client: httpx.AsyncClient, api: str) -> float:
    """How many payments `api` has projected since it started."""
    text = (await client.get(f"{api}/metrics")).text
    found = re.search(r"^localpound_api_payments_total{outcome=\"new\"} (\S+)", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def _report(run: Run, spent: dict[str, float], peaks: dict[str, float], kind: str) -> None:
    settings = {"payments": run.payments, "data": kind}
    figure("payments_end_to_end_per_second", run.per_second, "payments/s", **settings)
    micro = {name: round(seconds / run.payments * 1e6, 1) for name, seconds in spent.items()}
    figure(
        "cpu_microseconds_per_payment",
        sum(spent.values()) / run.payments * 1e6,
        "us",
        by_process=micro,
        **settings,
    )
    for name, peak in peaks.items():
        figure("peak_memory_mb", peak, "MB", process=name, **settings)


async def _report_sizes(addresses: Addresses, database: asyncpg.Connection, payments: int) -> None:
    for schema in ("ingest", "classify", "api"):
        size = await database.fetchval(
            "select sum(pg_total_relation_size(c.oid)) from pg_class c "
            "join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = $1 and c.relkind = 'r'",
            schema,
        )
        figure(
            "bytes_per_million_payments",
            float(size) / payments * 1e6,
            "bytes",
            store=f"postgresql {schema}",
        )
    if "kafka" in addresses.data:
        size = folder_bytes(addresses.data["kafka"])
        figure("bytes_per_million_payments", size / payments * 1e6, "bytes", store="kafka")
