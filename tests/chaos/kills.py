"""A replay of payments during which services are killed and started again, by a seed."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import orjson

from deploy.local.services import SERVICES, Services
from shared.events import AgreementPosted
from shared.kafka.producer import open_producer, send_batches
from shared.topics import FINANCE_AGREEMENTS, FINANCE_PAYMENTS
from tests.support.finance_system import publish
from tests.support.postings import Posting, postings

SEEDS = [int(seed) for seed in os.environ.get("LOCALPOUND_KILL_SEEDS", "20241").split(",")]
AGREEMENTS = 300
_BAD_EVERY = 997
_BAD = (
    b"not JSON",
    b'{"buyer": "GB-LAE-BRD"}',
    b'{"buyer": "GB-LAE-XXX", "payee": "X", "payment_date": "2020-01-01", "amount_pence": 1}',
    b'{"buyer": "GB-LAE-BRD", "payee": "X", "payment_date": "2020-02-30", "amount_pence": 1}',
    b'{"buyer": "GB-LAE-BRD", "payee": "X", "payment_date": "2020-01-01", "amount": "1,2.3.4"}',
    b"\xff\xfe\x00",
)


_ARRIVED = """
    select (select count(*) from ingest.payments) as accepted,
           (select coalesce(sum(lines), 0) from api.spend) as projected,
           (select count(*) from ingest.outbox) + (select count(*) from classify.outbox)
               + (select count(*) from notify.outbox) as waiting,
           (select count(*) from classify.suppliers) as classified,
           (select coalesce(sum(lines), 0) from classify.pounds) as counted,
           (select count(*) from api.suppliers) as known,
           (select count(distinct agreement_id) from api.obligations) as planned
"""


@dataclass(frozen=True)
class Replay:
    """What is sent: usable payments, and bad records among them, some of it twice."""

    good: list[Posting]
    bad: list[Posting]

    @classmethod
    def of(cls, data: Path | None, payments: int) -> "Replay":
        """The first `payments` payments and a bad record for each thousand of them."""
        good = list(postings(data, payments))
        bad = [
            Posting("GB-LAE-BRD", f"bad-{number}", "", 0, _BAD[number % len(_BAD)])
            for number in range(payments // _BAD_EVERY)
        ]
        return cls(good, bad)

    def stream(self) -> Iterator[Posting]:
        """Everything in the order in which it is sent; each tenth thousand is sent twice."""
        bad = iter(self.bad)
        for number, posting in enumerate(self.good):
            yield posting
            if number % _BAD_EVERY == _BAD_EVERY - 1:
                yield next(bad)
            if number % 10_000 == 9_999:
                yield from self.good[number - 999 : number + 1]


async def send_agreements(bootstrap: str, prefix: str) -> None:
    """Register agreements that bring dates, so that `notify` has work while it is killed."""
    producer = open_producer(bootstrap)
    await producer.start()
    records = [
        (
            b"GB-LAE-BRD",
            orjson.dumps(
                {
                    "buyer": "GB-LAE-BRD",
                    "reference": f"AGR-{number}",
                    "title": f"Agreement {number}",
                    "kind": "contract",
                    "provider": f"PROVIDER {number}",
                    "start": "2024-04-01",
                    "end": f"20{30 + number % 5}-03-31",
                    "lines": [{"programme": "other", "annual_amount_pence": 100_000}],
                }
            ),
            [
                ("ce_specversion", b"1.0"),
                ("ce_type", AgreementPosted.TYPE.encode()),
                ("ce_source", b"/contracts"),
                ("ce_id", f"agreement-{number}".encode()),
            ],
        )
        for number in range(AGREEMENTS)
    ]
    await asyncio.gather(*await send_batches(producer, prefix + FINANCE_AGREEMENTS.name, records))
    await producer.stop()


@asynccontextmanager
async def replaying(bootstrap: str, replay: Replay, *, prefix: str) -> AsyncIterator[None]:
    """Send everything in the course of the block, which ends once all of it was taken."""
    sending = asyncio.gather(
        publish(
            bootstrap,
            replay.stream(),
            per_second=8_000,
            topic=prefix + FINANCE_PAYMENTS.name,
        ),
        send_agreements(bootstrap, prefix),
    )
    yield
    await sending


async def kill_and_start(services: Services, chance: random.Random) -> None:
    """Kill each service in turn, twice, and start it again."""
    for name in chance.sample(SERVICES, len(SERVICES)) + chance.sample(SERVICES, len(SERVICES)):
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        await asyncio.to_thread(services.kill, name)
        await asyncio.sleep(chance.uniform(0, 0.5))
        services.start(name)
    await asyncio.to_thread(services.wait_ready)


async def kill_one_of_each(services: Services, chance: random.Random) -> list[str]:
    """Kill one replica of each of two for good; return the names of those that are left."""
    left = []
    for name in chance.sample(SERVICES, len(SERVICES)):
        killed, kept = chance.sample([name, second(name)], 2)
        await asyncio.sleep(chance.uniform(0.2, 1))
        await asyncio.to_thread(services.kill, killed)
        left.append(kept)
    return left


def second(name: str) -> str:
    """The name of a service's second replica."""
    return f"{name}-2"


async def end_sessions(database: asyncpg.Connection, chance: random.Random) -> int:
    """Three times end every session of the database but this one; return how many."""
    ended = 0
    for _ in range(3):
        await asyncio.sleep(chance.uniform(0.2, 1))
        ended += await database.fetchval(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    return ended


async def stop_for_a_while(pid: int, chance: random.Random, seconds: float) -> None:
    """Let a process stand still for some seconds, then go on as if nothing had been."""
    await asyncio.sleep(chance.uniform(0.5, 1.5))
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)


async def arrived(database: asyncpg.Connection) -> dict[str, int]:
    """How much of what was sent has arrived at each stage."""
    [row] = await database.fetch(_ARRIVED)
    return dict(row)


def is_everything(arrived: dict[str, int], payments: int) -> bool:
    """Whether everything that was sent has arrived everywhere."""
    return (
        arrived["accepted"] >= payments
        and arrived["projected"] >= payments
        and arrived["counted"] >= payments
        and arrived["waiting"] == 0
        and arrived["classified"] == arrived["known"]
        and arrived["planned"] == AGREEMENTS
    )
