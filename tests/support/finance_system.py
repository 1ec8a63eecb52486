"""A finance system that publishes payments to Kafka: CloudEvents in binary mode, in batches."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from shared.kafka.producer import open_producer, send_batches
from shared.topics import FINANCE_PAYMENTS
from tests.support.postings import Posting

SOURCE = "/finance/ledger"
_AT_ONCE = 5_000


def headers_of(posting: Posting) -> list[tuple[str, bytes]]:
    """The CloudEvents attributes of a posting."""
    return [*_shared_headers(posting.buyer), ("ce_id", posting.id.encode())]


@cache
def _shared_headers(buyer: str) -> list[tuple[str, bytes]]:
    return [
        ("ce_specversion", b"1.0"),
        ("ce_type", b"payment.posted.v1"),
        ("ce_source", source_of(buyer).encode()),
        ("content-type", b"application/json"),
    ]


def source_of(buyer: str) -> str:
    """The CloudEvents source of a buyer's ledger."""
    return f"{SOURCE}/{buyer}"


async def publish(
    bootstrap: str,
    payments: Iterable[Posting],
    *,
    per_second: float | None = None,
    topic: str = FINANCE_PAYMENTS.name,
) -> int:
    """Publish all payments, `per_second` at most, and return how many once all are acknowledged."""
    producer = open_producer(bootstrap)
    await producer.start()
    sent = 0
    started = time.monotonic()
    try:
        at_once = _AT_ONCE if per_second is None else max(1, int(per_second / 20))
        for some in _chunks(payments, at_once):
            await send_batches(
                producer, topic, ((p.buyer.encode(), p.value, headers_of(p)) for p in some)
            )
            sent += len(some)
            if per_second is not None:
                await asyncio.sleep(max(0.0, started + sent / per_second - time.monotonic()))
        await producer.flush()
    finally:
        await producer.stop()
    return sent


def _chunks(payments: Iterable[Posting], size: int) -> Iterator[list[Posting]]:
    source = iter(payments)
    while some := list(islice(source, size)):
        yield some
