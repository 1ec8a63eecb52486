"""`python -m tests.bench.renewals`: a page of GET /v1/renewals among 100,000 agreements."""

import argparse
import asyncio
import random
import secrets
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.api.main import now
from services.api.projections.agreements import project_agreements
from services.api.projections.notices import project_notices
from services.api.queries.point_reads import PointReads
from services.api.routes import open_routes
from services.api.routes.door import Door
from services.api.withheld.take_id_key import take_id_key
from shared.access import OPEN
from shared.database import begin, migrate, open_engine
from shared.door.web import open_door
from shared.events import AgreementRegistered, ObligationsPlanned, PlannedObligation
from shared.identity import agreement_id, identify
from shared.lists.cursor import Cursors
from shared.logs import configure_logs
from tests.bench.figures import figure, percentile, say
from tests.notify.facts import NOW, TODAY, registered

_AGREEMENTS = 100_000
_AT_ONCE = 2_000
_BUYERS = 50
_PAGES = 60
_KINDS = ("renewal", "service", "notice", "decision", "option", "review", "contacts", "monitoring")


def main() -> None:
    """Fill a read model, measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agreements", type=int, default=_AGREEMENTS)
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses:
        asyncio.run(measure_renewals(addresses, arguments.agreements))


async def measure_renewals(addresses: Addresses, agreements: int = _AGREEMENTS) -> None:
    """The first pages and the pages after them, of all buyers and of one."""
    schema = f"bench_{secrets.token_hex(4)}"
    engine = open_engine(addresses.database, schema, synchronous_commit=False)
    await migrate(engine, "api", schema)
    await take_id_key(engine)
    try:
        await _fill(engine, agreements)
        await _measure(engine, agreements)
    finally:
        async with engine.begin() as tx:
            await tx.execute(text(f"drop schema {schema} cascade"))
        await engine.dispose()


async def _fill(engine: AsyncEngine, count: int) -> None:
    chance, done = random.Random(5), 0
    facts = _facts(count, chance)
    started = time.perf_counter()
    while some := list(islice(facts, _AT_ONCE)):
        async with begin(engine) as tx:
            await project_agreements(tx, [agreement for agreement, _ in some])
        async with begin(engine) as tx:
            await project_notices(tx, [planned for _, planned in some])
        done += len(some)
        if not done % (5 * _AT_ONCE):
            say(f"{done:,} agreements projected")
    figure("agreements_projected_seconds", time.perf_counter() - started, "s", agreements=done)
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text("vacuum analyze")
        )


def _facts(
    count: int, chance: random.Random
) -> Iterator[tuple[AgreementRegistered, ObligationsPlanned]]:
    """Agreements of which a third are over, each with its plan."""
    for number in range(count):
        buyer = f"GB-LAE-B{number % _BUYERS}"
        end = TODAY + timedelta(days=chance.randrange(-750, 1500))
        key = UUID(agreement_id(buyer, str(number)))
        dates = [(kind, end - timedelta(days=chance.randrange(30, 600))) for kind in _KINDS]
        obligations = tuple(
            PlannedObligation(
                obligation_id=UUID(identify("bench", str(key), kind)),
                kind=kind,
                due_on=day,
                rule="as the bench has it",
            )
            for kind, day in dates
            if day >= TODAY
        )
        plan = ObligationsPlanned(
            agreement_id=key,
            buyer=buyer,
            revision=1,
            sequence=1,
            version=1,
            obligations=obligations,
            recorded_at=NOW,
        )
        yield registered(str(number), buyer=buyer, end=end), plan


async def _measure(engine: AsyncEngine, agreements: int) -> None:
    app = open_door("bench", "", _nothing_amiss)
    open_routes(app, Door(engine, PointReads(engine, 1), Cursors(None), OPEN, lambda: TODAY, now))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        for buyer in (None, "GB-LAE-B7"):
            first = await _pages(client, 1, buyer)
            following = await _pages(client, _PAGES, buyer)
            for name, times in (("first_page", first), ("pages", following)):
                settings = {"agreements": agreements, "one_buyer": buyer is not None}
                figure(f"renewals_{name}_p50_ms", percentile(times, 0.5), "ms", **settings)
                figure(f"renewals_{name}_p99_ms", percentile(times, 0.99), "ms", **settings)


async def _pages(client: httpx.AsyncClient, pages: int, buyer: str | None) -> list[float]:
    """Milliseconds of each of so many pages, one after another; a single one is asked often."""
    times, cursor = [], None
    for _ in range(_PAGES):
        asked = {"before": date(2099, 1, 1).isoformat(), "buyer": buyer, "cursor": cursor}
        started = time.perf_counter()
        answer = await client.get("/v1/renewals", params={k: v for k, v in asked.items() if v})
        times.append(1000 * (time.perf_counter() - started))
        cursor = answer.raise_for_status().json()["next"] if pages > 1 else None
    return times


async def _nothing_amiss() -> list[str]:
    return []


if __name__ == "__main__":
    main()
