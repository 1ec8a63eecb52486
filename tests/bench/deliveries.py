"""`python -m tests.bench.deliveries`: messages due at one instant, delivered by one process.

To receivers on the loopback, of which in a second run one never answers and one answers 500.
"""

import argparse
import asyncio
import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psutil
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from shared.database import migrate, open_engine
from shared.logs import configure_logs
from shared.topics import create_topics
from tests.bench.figures import figure, percentile, say
from tests.support.due_messages import adopt_shipped, leave_messages, let_go
from tests.support.notify_service import Replicas, environment_of
from tests.support.recording import Arrival, Recording, recording

_MESSAGES = 10_000
_BUYERS = 20
_MESSAGES_EACH = 1
_LEAD = timedelta(seconds=1)
_LONGEST_SECONDS = 240


def main() -> None:
    """Measure both runs, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=_MESSAGES)
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses:
        asyncio.run(measure_deliveries(addresses, arguments.messages))


async def measure_deliveries(addresses: Addresses, messages: int = _MESSAGES) -> None:
    """At least so many messages, with receivers that all answer, then beside two that do not."""
    await _measure(addresses, messages, ())
    await _measure(addresses, messages, ("hang", "fail"))


async def _measure(addresses: Addresses, messages: int, failing: Sequence[str]) -> None:
    name = f"bench_{secrets.token_hex(4)}"
    engine = open_engine(addresses.database, name)
    await create_topics(addresses.kafka, prefix=name)
    await migrate(engine, "notify", name)
    try:
        await adopt_shipped(engine)
        with recording() as receiver:
            await _deliver(
                engine, environment_of(addresses, name, schema=name), receiver, messages, failing
            )
    finally:
        async with engine.begin() as tx:
            await tx.execute(text(f"drop schema {name} cascade"))
        await engine.dispose()


async def _deliver(
    engine: AsyncEngine,
    environment: dict[str, str],
    receiver: Recording,
    messages: int,
    failing: Sequence[str],
) -> None:
    paths = [*failing, *(f"good-{number}" for number in range(_BUYERS))]
    buyers = {f"GB-LAE-{path}": f"{receiver.url}/{path}" for path in paths}
    each = -(-messages // (_BUYERS * _MESSAGES_EACH))
    left = await leave_messages(engine, buyers, each)
    waiting = left * _BUYERS // len(buyers)
    say(f"{left:,} messages wait, {waiting:,} of them for receivers that answer")
    with Replicas.running(environment, 1) as replicas:
        await asyncio.to_thread(replicas.wait_ready)
        [process] = replicas.processes
        due = datetime.now(UTC) + _LEAD
        await let_go(engine, due)
        before = psutil.Process(process.pid).cpu_times()
        arrivals = await _until_arrived(receiver, waiting)
        after = psutil.Process(process.pid).cpu_times()
    delays = [one.at - due.timestamp() for one in arrivals]
    settings = {
        "messages": len(arrivals),
        "receivers": _BUYERS,
        "failing_receivers": len(failing),
        "out_of_order": await _out_of_order(engine, arrivals),
    }
    figure("deliveries_per_second", len(arrivals) / max(delays), "messages/s", **settings)
    figure("delivery_p50_seconds", percentile(delays, 0.5), "s", **settings)
    figure("delivery_p99_seconds", percentile(delays, 0.99), "s", **settings)
    worked = after.user + after.system - before.user - before.system
    figure("delivery_processor_ms", 1000 * worked / len(arrivals), "ms/message", **settings)


async def _until_arrived(receiver: Recording, waiting: int) -> list[Arrival]:
    """What came to receivers that answer, once all of it did."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < deadline:
        await asyncio.sleep(0.5)
        if await asyncio.to_thread(receiver.count) >= waiting:
            arrivals = [one for one in receiver.arrivals() if one.path.startswith("/good")]
            if len({one.id for one in arrivals}) >= waiting:
                return arrivals
    raise TimeoutError(f"{receiver.count()} of {waiting} messages after {_LONGEST_SECONDS} s")


async def _out_of_order(engine: AsyncEngine, arrivals: Sequence[Arrival]) -> int:
    """How many messages came before an earlier one of the same agreement to the same receiver."""
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "select notification_id::text, subscription_id, agreement_id, seq"
                " from notifications"
            )
        )
        place = {row[0]: (row[1:3], row[3]) for row in rows}
    came: dict[object, list[int]] = defaultdict(list)
    for one in arrivals:
        agreement, seq = place[one.id]
        came[agreement].append(seq)
    return sum(later < earlier for each in came.values() for earlier, later in pairwise(each))


if __name__ == "__main__":
    main()
