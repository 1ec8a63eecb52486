"""A read model rebuilt under load, however often it dies on the way: no answer is ever short."""

import asyncio
import os
import sys
from datetime import date

import httpx
import pytest
from rich.progress import Progress
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.api import tables
from services.api.main import Settings, now
from services.api.queries.totals import Total, add_up_payments, add_up_spend, read_totals
from services.api.rebuild.rebuild_read_model import swap_back
from shared.events import Fact, PaymentAccepted, PaymentCorrected
from tests.api import facts
from tests.api.facts import ICB, LEEDS, PERSON, corrected, member, paid
from tests.api.test_service import publish, running, settings_of
from tests.chaos.kills import SEEDS
from tests.chaos.rebuild_deaths import STEPS
from tests.conftest import MakeEngine
from tests.support.waiting import eventually

_AT_ONCE = 60
_OTHER_FACTS: list[Fact | bytes] = [
    facts.classified(memberships=[member("2020-01-15", "2024-02-10")]),
    facts.unmatched(),
    facts.mapped("End of life", unit="31110"),
    facts.registered(),
    facts.planned([("notice", "2026-09-30")]),
    facts.raised("2026-09-30", "notice"),
    b"not a payment",
]
_WHEN, _NUMBERED = "received_at", "seq"
"""Of a reject: when this model was given it, and its number among those."""
_FOLLOWS = {
    tables.touched_suppliers,
    tables.party_spend,
    tables.party_ranks,
    tables.party_totals,
}
"""Which suppliers wait for the ranking, and what it has learnt of them, differs by the second."""


class Load:
    """Payments sent in the course of a block, one in ten corrected and one in ten sent twice."""

    def __init__(self, stack: Addresses, prefix: str) -> None:
        self._stack, self._prefix = stack, prefix
        self._stands: dict[str, PaymentAccepted | PaymentCorrected] = {}
        self._number = 0

    async def send(self) -> None:
        """Send some."""
        accepted = [self._paid(self._number + n) for n in range(_AT_ONCE)]
        self._number += _AT_ONCE
        changed = [corrected(payment, pence=payment.amount_pence + 7) for payment in accepted[::10]]
        self._stands |= {str(fact.payment_id): fact for fact in accepted}
        self._stands |= {str(fact.payment_id): fact for fact in changed}
        await publish(
            self._stack, self._prefix, [*changed[::2], *accepted, *changed, *accepted[::10]]
        )

    async def go_on(self, done: asyncio.Event) -> None:
        """Send until told that it is done."""
        while not done.is_set():
            await self.send()
            await asyncio.sleep(0.25)

    def totals(self) -> list[Total]:
        """What they come to."""
        sums: dict[tuple[str, date], list[int]] = {}
        for fact in self._stands.values():
            total = sums.setdefault((fact.buyer, fact.payment_date.replace(day=1)), [0, 0])
            total[0] += 1
            total[1] += fact.amount_pence
        return [Total(*key, *sums[key]) for key in sorted(sums)]

    @staticmethod
    def _paid(number: int) -> PaymentAccepted:
        return paid(
            number,
            100 * number,
            f"2024-{1 + number % 12:02}-10",
            buyer=[ICB, LEEDS][number % 2],
            payee=[facts.HOSPICE, PERSON, "A BODY LTD"][number % 3],
            unit="31110",
        )


class Reader:
    """Asks all the time; `asked` answers were none of them shorter than the one before."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.asked = 0

    async def ask(self, done: asyncio.Event) -> None:
        """Ask until told that it is done."""
        payment = Load._paid(0).payment_id
        lines = 0
        while not done.is_set():
            spend, totals, first = await asyncio.gather(
                *map(self._client.get, ("/v1/spend", "/v1/totals", f"/v1/payments/{payment}"))
            )
            assert (spend.status_code, totals.status_code, first.status_code) == (200, 200, 200)
            seen = spend.json()["lines"], totals.json()["lines"]
            assert min(seen) >= lines, "an answer was shorter than one before it"
            lines = min(seen)
            self.asked += 1
            await asyncio.sleep(0.05)


async def totals_of(engine: AsyncEngine) -> list[Total]:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        totals = await read_totals(connection)
        assert totals == await add_up_spend(connection) == await add_up_payments(connection)
        return totals


async def let_rebuilds_die(settings: Settings, seed: int) -> list[str]:
    """How each one ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.rebuild_deaths", str(seed)),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ
        | {
            "LOCALPOUND_KAFKA": settings.kafka,
            "LOCALPOUND_DATABASE": settings.database,
            "LOCALPOUND_API_DATABASE_SCHEMA": settings.schema_name,
            "LOCALPOUND_TOPIC_PREFIX": settings.topic_prefix,
            "LOCALPOUND_GROUP_PREFIX": settings.topic_prefix,
        },
    )
    out, _ = await process.communicate()
    return out.decode().splitlines()


async def contents(engine: AsyncEngine, schema: str) -> dict[str, str]:
    """A digest of the rows of every table of a read model that no refresh follows up."""
    found = {}
    async with engine.connect() as connection:
        for table in set(tables.metadata.sorted_tables) - _FOLLOWS:
            columns = (c.name for c in table.c if c.name not in {_WHEN, _NUMBERED})
            rows = (
                f"""select row("{'", "'.join(columns)}")::text as r from "{schema}".{table.name}"""
            )
            digest = f"select count(*) || ' ' || md5(string_agg(r, ',' order by r)) from ({rows}) t"
            found[table.name] = await connection.scalar(text(digest))
    return found


@pytest.mark.parametrize("seed", SEEDS)
async def test_no_answer_is_short_while_a_rebuild_dies_at_every_step(
    stack: Addresses, prefix: str, engine_for: MakeEngine, seed: int
) -> None:
    engine = await engine_for("api")
    settings = settings_of(stack, prefix)
    load = Load(stack, prefix)
    async with running(settings) as (_, client):
        await publish(stack, prefix, _OTHER_FACTS)
        await load.send()

        async def everything_arrived() -> bool:
            return bool(await totals_of(engine) == load.totals())

        await eventually(everything_arrived)
        reader = Reader(client)
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(load.go_on(done))
            group.create_task(reader.ask(done))
            died = await let_rebuilds_die(settings, seed)
            await load.send()  # beyond what the new model was filled with
            done.set()
        assert all(line.endswith(": killed") for line in died), died
        assert len(died) > len(STEPS)
        await eventually(everything_arrived)
        assert reader.asked > len(died)
    async with engine.connect() as connection:
        kept = await connection.scalar(text(f"select count(*) from {prefix}_api_before.payments"))
    assert 0 < kept < sum(total.lines for total in load.totals()), "it stands where it was left"
    back = await swap_back(engine, settings, now, Progress(disable=True))
    assert (back.swapped, back.old) == (True, load.totals())
    assert await totals_of(engine) == load.totals()
    by_the_service = await contents(engine, settings.schema_name)
    assert by_the_service == await contents(engine, f"{settings.schema_name}_before")
    assert len(set(by_the_service.values())) > len(by_the_service) / 2, "most have rows"
