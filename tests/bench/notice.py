"""`python -m tests.bench.notice`: agreements planned, and planned anew after a bank holiday.

Every agreement counts working days, by clauses of many kinds, so that each is planned anew.
"""

import argparse
import asyncio
import json
import random
import secrets
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack
from services.notify.calendars.keep_calendars import keep_shipped_calendars, load_calendar
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import load_plans
from services.notify.planning.plan_obligations import plan_obligations, plan_outdated
from shared.database import migrate, open_engine
from shared.events import AgreementRegistered
from shared.logs import configure_logs
from shared.notice_terms import DeemedService, NoticeTerms
from tests.bench.figures import figure, say
from tests.notify.facts import NOW, TODAY, registered

_AGREEMENTS = 100_000
_AT_ONCE = 500
_CLAUSES = [
    NoticeTerms(
        buyer_period=period,
        provider_period=period,
        division=division,
        expires_on=expires_on,
        deemed_service=(DeemedService(channel="post", rule="2WD"),),
    )
    for period in ("P3M", "P6M", "P12M", "P13W", "60WD")
    for division in ("england-and-wales", "scotland", "northern-ireland")
    for expires_on in ("any-day", "month-end", "quarter-day")
]


class Spent(NamedTuple):
    """Seconds by the clock and of this process's processor time."""

    seconds: float
    processor: float

    @classmethod
    def now(cls) -> "Spent":
        """As the clocks stand."""
        return cls(time.perf_counter(), time.process_time())

    def more(self, since: "Spent") -> "Spent":
        """With what was spent since then."""
        now = Spent.now()
        return Spent(
            self.seconds + now.seconds - since.seconds,
            self.processor + now.processor - since.processor,
        )


def main() -> None:
    """Generate, plan, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agreements", type=int, default=_AGREEMENTS)
    arguments = parser.parse_args()
    configure_logs("bench", "WARNING")
    with stack() as addresses:
        asyncio.run(measure_planning(addresses, arguments.agreements))


async def measure_planning(addresses: Addresses, agreements: int = _AGREEMENTS) -> None:
    """Plan so many agreements, then all of them anew."""
    schema = f"bench_{secrets.token_hex(4)}"
    engine = open_engine(addresses.database, schema)
    await migrate(engine, "notify", schema)
    try:
        await _measure(engine, agreements)
    finally:
        async with engine.begin() as tx:
            await tx.execute(text(f"drop schema {schema} cascade"))
        await engine.dispose()


async def _measure(engine: AsyncEngine, count: int) -> None:
    await adopt_plans(engine, load_plans(), NOW)
    await keep_shipped_calendars(engine, NOW)
    agreements, spent, done = _agreements(count), Spent(0, 0), 0
    while facts := list(islice(agreements, _AT_ONCE)):
        before = Spent.now()
        await plan_obligations(engine, facts, [], TODAY, NOW)
        spent = spent.more(before)
        done += len(facts)
        if not done % (20 * _AT_ONCE):
            say(f"{done:,} agreements planned")
    _print("agreements_planned_seconds", spent, done)
    await _idle(engine, done)
    await load_calendar(engine, "extra", _proclaimed(), TODAY, NOW)
    before = Spent.now()
    again = await plan_outdated(engine, TODAY, NOW)
    _print("agreements_planned_anew_seconds", Spent(0, 0).more(before), again)


async def _idle(engine: AsyncEngine, agreements: int) -> None:
    """What the timer asks every half minute, when nothing is outdated."""
    started, times = time.perf_counter(), 10
    for _ in range(times):
        await plan_outdated(engine, TODAY, NOW)
    each = (time.perf_counter() - started) / times
    figure("nothing_outdated_milliseconds", 1000 * each, "ms", agreements=agreements)


def _agreements(count: int) -> Iterator[AgreementRegistered]:
    chance = random.Random(5)
    for number in range(count):
        end = TODAY + timedelta(days=chance.randrange(1500))
        notice = chance.choice(_CLAUSES)
        yield registered(f"LCC/{number}", end=end, notice_terms=notice)


def _proclaimed() -> str:
    """A bank holiday in every division."""
    day = date(2027, 6, 14).isoformat()
    return json.dumps(
        {
            division: {"division": division, "events": [{"title": "Proclaimed", "date": day}]}
            for division in ("england-and-wales", "scotland", "northern-ireland")
        }
    )


def _print(name: str, spent: Spent, agreements: int) -> None:
    processor = round(spent.processor, 1)
    figure(name, spent.seconds, "s", agreements=agreements, processor_seconds=processor)


if __name__ == "__main__":
    main()
