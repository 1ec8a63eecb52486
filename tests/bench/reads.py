"""Point reads: GET /v1/payments/{id} over kept-open connections, by a client that costs little."""

import asyncio
import random
import time
from urllib.parse import urlsplit

import asyncpg

from deploy.local.addresses import Addresses
from deploy.local.services import Services
from tests.bench.figures import figure, percentile, say

_CONNECTIONS = 8
_SECONDS = 15.0


async def _reader(address: str, paths: list[str], until: float, times: list[float]) -> None:
    url = urlsplit(address)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    while time.perf_counter() < until:
        path = random.choice(paths)
        started = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(f"{path}: {head[:200]!r}")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - started)
    writer.close()


async def measure_point_reads(
    addresses: Addresses, services: Services, schema: str = "api"
) -> None:
    """Random payments of the read model, one worker, eight connections."""
    say(f"point reads for {_SECONDS:.0f} s")
    database = await asyncpg.connect(addresses.database)
    rows = await database.fetch(f"select payment_id from {schema}.payments tablesample system (1)")
    await database.close()
    paths = [f"/v1/payments/{row['payment_id']}" for row in rows[:20_000]]
    times: list[float] = []
    until = time.perf_counter() + _SECONDS
    await asyncio.gather(
        *(_reader(services.url("api"), paths, until, times) for _ in range(_CONNECTIONS))
    )
    settings = {"connections": _CONNECTIONS, "workers": 1}
    figure("point_reads_per_second", len(times) / _SECONDS, "reads/s", **settings)
    figure("point_read_p99_ms", percentile(times, 0.99) * 1000, "ms", **settings)
