"""`python -m tests.bench.mixed`: a mixed hour in two minutes, among 4.67 million payments.

Officers, integrators and providers ask while finance systems pay: all four services run, one worker
each. Requests come when the hour's plan has them come, whether earlier ones are answered or not,
and a time is counted from that moment: one who waits behind a slow answer has waited.
"""

import argparse
import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import asyncpg
import httpx

from deploy.local.addresses import Addresses
from deploy.local.services import Services, running_services
from deploy.local.stack import stack
from deploy.migrate import migrate_all
from shared.database import open_engine
from shared.logs import configure_logs
from tests.bench.figures import figure, percentile, say
from tests.bench.machine import cpu_seconds, peak_memory
from tests.bench.read_model_at_size import COUNCIL, PAYMENTS, fill
from tests.support.finance_system import publish
from tests.support.postings import generated_postings

_REQUESTS, _PAYMENTS_POSTED = 4_000, 24_000
_SECONDS = 120.0
_YEARS = ("2022-23", "2023-24", "2024-25")
_CUTS = ("financial_year", "quarter,reach", "month,income_band", "financial_year,route")


class Known(NamedTuple):
    """What there is to ask for, by its id."""

    payments: Sequence[str]
    suppliers: Sequence[str]
    organisations: Sequence[str]
    agreements: Sequence[str]


class Ask(NamedTuple):
    """One question that somebody asks."""

    path: str
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}


Asking = Callable[[random.Random, Known], Ask]


def _of(ids: str, path: str) -> Asking:
    return lambda chance, known: Ask(path.format(chance.choice(getattr(known, ids))))


def _list(path: str, *filters: str) -> Asking:
    def ask(chance: random.Random, known: Known) -> Ask:
        chosen = chance.choice(filters)
        every: dict[str, Callable[[], dict[str, str]]] = {
            "all": dict,
            "buyer": lambda: {"buyer": COUNCIL},
            "year": lambda: {"buyer": COUNCIL, "from": f"{chance.randint(2015, 2024)}-04-01"},
            "supplier": lambda: {"supplier": chance.choice(known.suppliers)},
            "organisation": lambda: {"organisation": chance.choice(known.organisations)},
        }
        return Ask(path, every[chosen]())

    return ask


def _spend(chance: random.Random, _: Known) -> Ask:
    return Ask("/v1/spend", {"buyer": COUNCIL, "group_by": chance.choice(_CUTS)})


def _sheet(chance: random.Random, known: Known) -> Ask:
    return Ask("/v1/payments", {"supplier": chance.choice(known.suppliers)}, {"accept": "text/csv"})


MIX: Mapping[str, tuple[int, Asking]] = {
    "payment": (600, _of("payments", "/v1/payments/{}")),
    "supplier": (120, _of("suppliers", "/v1/suppliers/{}")),
    "agreement": (60, _of("agreements", "/v1/agreements/{}")),
    "payments": (100, _list("/v1/payments", "all", "buyer", "year", "supplier", "organisation")),
    "transactions": (30, _list("/v1/transactions", "buyer", "supplier")),
    "agreements": (20, _list("/v1/agreements", "all", "buyer")),
    "renewals": (
        20,
        lambda chance, _: Ask("/v1/renewals", {"before": f"20{chance.randint(27, 30)}-04-01"}),
    ),
    "spend": (40, _spend),
    "sheet": (5, _sheet),
    "benchmarks": (1, lambda chance, _: Ask("/v1/benchmarks", {"financial_year": "2024-25"})),
    "statement": (1, lambda chance, _: Ask(f"/v1/statements/{COUNCIL}/{chance.choice(_YEARS)}")),
    "bridge": (
        1,
        lambda chance, _: Ask(
            "/v1/spend/bridge", {"buyer": COUNCIL, "from": _YEARS[0], "to": _YEARS[1]}
        ),
    ),
}
"""Of some thousand requests how many are of each kind."""


@dataclass
class Heard:
    """Seconds by kind, from when a request was due until its whole answer; and what failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Fill a read model, play the hour, print, leave nothing behind; code 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    parser.add_argument("--schema", help="a read model of tests.bench.read_model_at_size; it stays")
    parser.add_argument("--requests", type=int, default=_REQUESTS, help="in the hour")
    parser.add_argument("--posted", type=int, default=_PAYMENTS_POSTED, help="payments, likewise")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="what the hour takes")
    given = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses:
        environment = asyncio.run(_prepare(addresses, given.payments, given.schema))
        with running_services(addresses, environment) as services:
            heard = asyncio.run(_play(addresses, services, given))
    if heard.failed:
        raise SystemExit(f"failed: {dict(heard.failed)}")


async def _prepare(addresses: Addresses, payments: int, schema: str | None) -> dict[str, str]:
    environment = await migrate_all(addresses.database)
    if schema is None:
        own = environment["LOCALPOUND_API_DATABASE"]
        engine = open_engine(own, "api", synchronous_commit=False)
        await fill(engine, payments)
        await engine.dispose()
    else:
        environment |= {
            "LOCALPOUND_API_DATABASE": addresses.database,
            "LOCALPOUND_API_DATABASE_SCHEMA": schema,
        }
    return environment | {"LOCALPOUND_REQUESTS_PER_SECOND": "0"}  # one client asks for all


async def _play(addresses: Addresses, services: Services, given: argparse.Namespace) -> Heard:
    known = await _known(addresses.database, given.schema or "api")
    plan = _plan(known, given.requests, given.seconds)
    rate = given.posted / given.seconds
    say(f"an hour of {given.requests:,} requests and {given.posted:,} payments is played")
    pids = {**services.pids, **addresses.pids}
    before = cpu_seconds(pids)
    heard = Heard()
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    paying = asyncio.create_task(
        publish(addresses.kafka, generated_postings(given.posted), per_second=rate)
    )
    client = httpx.AsyncClient(base_url=services.url("api"), timeout=60, limits=limits)
    with peak_memory(pids) as peaks:
        async with client, asyncio.TaskGroup() as group:
            started = time.perf_counter()
            for due, kind, ask in plan:
                await asyncio.sleep(max(0.0, started + due - time.perf_counter()))
                group.create_task(_ask(client, heard, kind, ask, started + due))
        await paying
    used = {name: spent - before[name] for name, spent in cpu_seconds(pids).items()}
    settings = {"payments": given.payments, "hour_in_seconds": given.seconds}
    for kind, seconds in heard.seconds.items():
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            value = 1000 * percentile(seconds, share)
            figure(f"mixed_{kind}_{name}_ms", value, "ms", requests=len(seconds), **settings)
    figure("mixed_failed", heard.failed.total(), "requests", requests=given.requests, **settings)
    for name, spent in used.items():
        figure("mixed_cores", spent / given.seconds, "cores", process=name, **settings)
        figure("mixed_peak_memory_mb", peaks[name], "MB", process=name, **settings)
    return heard


async def _ask(client: httpx.AsyncClient, heard: Heard, kind: str, ask: Ask, due: float) -> None:
    try:
        answer = await client.get(ask.path, params=ask.query, headers=ask.headers)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        heard.failed[f"{kind}: {error}"[:160]] += 1
    else:
        heard.seconds.setdefault(kind, []).append(time.perf_counter() - due)


def _plan(known: Known, requests: int, seconds: float) -> list[tuple[float, str, Ask]]:
    """The requests of the hour with the seconds at which they are due: the same ones each time."""
    chance = random.Random(2026)
    kinds = chance.choices([*MIX], [share for share, _ in MIX.values()], k=requests)
    dues = sorted(chance.uniform(0, seconds) for _ in range(requests))
    return [(due, kind, MIX[kind][1](chance, known)) for due, kind in zip(dues, kinds, strict=True)]


async def _known(database: str, schema: str) -> Known:
    connection = await asyncpg.connect(database)

    async def some(what: str, of: str) -> list[Any]:
        found = await connection.fetch(
            f"select distinct {what} as it from {schema}.{of} where {what} is not null limit 5000"
        )
        return [row["it"] for row in found]

    known = Known(
        await some("payment_id::text", "payments"),
        # Others may be persons, who are shown by another id for each buyer.
        await some("case when organisation is not null then supplier_id::text end", "suppliers"),
        await some("organisation", "suppliers"),
        await some("agreement_id::text", "agreements"),
    )
    await connection.close()
    return known


if __name__ == "__main__":
    main()
