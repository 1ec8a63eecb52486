"""How soon a payment is visible in `api`, idle and at half load; how fast it is read."""

import asyncio
import time
from collections.abc import Sequence
from itertools import count

import httpx
from aiokafka import AIOKafkaProducer

from deploy.local.addresses import Addresses
from deploy.local.services import Services
from shared.identity import identify
from shared.kafka.producer import open_producer
from shared.topics import FINANCE_PAYMENTS
from tests.bench.figures import figure, percentile, say
from tests.support.finance_system import headers_of, publish, source_of
from tests.support.postings import Posting

_BUYER = "GB-LAE-KIR"
_numbers = count()


def _probe() -> Posting:
    number = f"probe-{next(_numbers)}"
    value = (
        f'{{"buyer":"{_BUYER}","payee":"PROBE LTD","payment_date":"2024-04-30",'
        f'"amount_pence":100,"reference":"{number}"}}'
    )
    return Posting(_BUYER, number, "2024-04", 100, value.encode())


async def _visible_after(producer: AIOKafkaProducer, client: httpx.AsyncClient, api: str) -> float:
    """Milliseconds from produce until GET /v1/payments/{id} answers 200."""
    posting = _probe()
    payment = identify("payment", posting.buyer, source_of(posting.buyer), posting.id)
    started = time.perf_counter()
    await producer.send(
        FINANCE_PAYMENTS.name, posting.value, _BUYER.encode(), headers=headers_of(posting)
    )
    while (await client.get(f"{api}/v1/payments/{payment}")).status_code != httpx.codes.OK:
        if time.perf_counter() - started > 30:
            raise TimeoutError(f"payment {payment} is not visible after 30 s")
        await asyncio.sleep(0.002)
    return (time.perf_counter() - started) * 1000


async def measure_visibility(
    addresses: Addresses,
    services: Services,
    load: Sequence[Posting],
    half_load: float,
    samples: int = 200,
) -> None:
    """Idle first, then while the payments of `load` come at `half_load` a second."""
    producer = open_producer(addresses.kafka)
    await producer.start()
    async with httpx.AsyncClient() as client:
        say("one payment at a time, idle")
        idle = [await _visible_after(producer, client, services.url("api")) for _ in range(samples)]
        figure("payment_visible_p50_ms", percentile(idle, 0.5), "ms", samples=samples)
        figure("payment_visible_p99_ms", percentile(idle, 0.99), "ms", samples=samples)

        say(f"the same beside {half_load:,.0f} payments a second")
        loading = asyncio.ensure_future(publish(addresses.kafka, load, per_second=half_load))
        await asyncio.sleep(3)
        loaded: list[float] = []
        while not loading.done():
            loaded.append(await _visible_after(producer, client, services.url("api")))
            await asyncio.sleep(0.05)
        await loading
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            figure(
                f"payment_visible_{name}_ms_half_load",
                percentile(loaded, share),
                "ms",
                samples=len(loaded),
                payments_per_second=round(half_load),
                payments=len(load),
            )
    await producer.stop()
