"""The whole service: facts in by a real broker, answers out by HTTP, rebuilt from the topics."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import httpx
import pytest
from rich.progress import Progress
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.api import main
from services.api.__main__ import app
from services.api.asked.question import Question
from services.api.main import Settings, build, now
from services.api.projections import PROJECTIONS
from services.api.queries.spend import read_spend
from services.api.rebuild.rebuild_read_model import Rebuilt, drop_old, rebuild_read_model
from shared.envelope import kafka_headers
from shared.events import Fact
from shared.kafka.producer import open_producer
from shared.service import Service
from tests.api import facts
from tests.api.facts import HOSPICE, ICB, NOW, classified, member, paid, registered, supplier
from tests.conftest import MakeEngine
from tests.support.command_line import command
from tests.support.waiting import eventually


async def publish(stack: Addresses, prefix: str, sent: Sequence[Fact | bytes]) -> None:
    """Facts to their topics as the other services send them; bytes to payments.v1 as they are."""
    producer = open_producer(stack.kafka)
    await producer.start()
    for number, fact in enumerate(sent):
        topic, type_, value = "payments.v1", "payment.accepted.v1", fact
        if isinstance(fact, Fact):
            type_, value = fact.TYPE, fact.model_dump_json().encode()
            [topic] = [p.topic.name for p in PROJECTIONS if fact.TYPE.encode() in p.facts]
        headers = [*kafka_headers(type_, "/test", NOW), ("ce_id", str(number).encode())]
        # All facts of one payment go to one partition, as those of its supplier do.
        key = str(getattr(fact, "payment_id", number % 9)).encode()
        await producer.send(prefix + topic, value, key=key, headers=headers)
    await producer.stop()


def settings_of(stack: Addresses, prefix: str) -> Settings:
    return Settings(
        kafka=stack.kafka,
        database=stack.database,
        database_schema=f"{prefix}_api",
        topic_prefix=prefix,
        group_prefix=prefix,
        instance="1",
    )


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[tuple[Service, httpx.AsyncClient]]:
    service = build(settings)
    for step in service.before:
        await step()
    await service.consumers.start()
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        try:
            yield service, client
        finally:
            await service.consumers.stop()
            for step in service.after:
                await step()


PAYMENTS = [
    paid(n, n * 100, f"2024-{1 + n % 12:02}-10", place="Leeds", unit="31110") for n in range(300)
]
FACTS: list[Fact | bytes] = [
    classified(memberships=[member()]),
    *PAYMENTS,
    *PAYMENTS[:100],
    facts.mapped("End of life", unit="31110"),
    b"not a payment",
    registered(),
    facts.planned([("notice", "2026-09-30")]),
    facts.raised("2026-09-30", "notice"),
]


async def rebuild(engine: AsyncEngine, settings: Settings, **asked: bool) -> Rebuilt:
    return await rebuild_read_model(engine, settings, now, Progress(disable=True), **asked)


async def test_facts_in_by_kafka_are_answers_out_by_http_and_can_be_rebuilt(
    stack: Addresses, prefix: str, engine_for: MakeEngine
) -> None:
    engine = await engine_for("api")
    settings = settings_of(stack, prefix)
    async with running(settings) as (service, client):
        await publish(stack, prefix, FACTS)

        async def everything_arrived() -> bool:
            spend = (await client.get("/v1/spend?programme=End%20of%20life")).json()
            asked = "/v1/renewals?before=2099-01-01&as_of=2026-09-01"
            renewals = (await client.get(asked)).json()["items"]
            raised = renewals and renewals[0]["next_kinds"] == ["notice"]
            return bool(raised and spend.get("lines") == 300 and spend["definitions"])

        await eventually(everything_arrived)
        spend = (await client.get("/v1/spend?group_by=place")).json()
        assert spend["amount"] == f"{sum(range(300))}.00"
        assert spend["rows"][0]["definitions"]["registered-charity"]["share"] == 1.0
        assert spend["coverage"]["lines"]["matched"] == 1.0
        shown = (await client.get(f"/v1/suppliers/{supplier()}")).json()
        assert (shown["payee"], shown["buyers"]) == (HOSPICE, [ICB])
        assert (await client.get("/health/ready")).json() == {"status": "ready"}
        assert "localpound_api_payments_total" in (await client.get("/metrics")).text
        assert service.consumers.unready() == []

        late = [paid(1000 + n, 1, "2024-04-10") for n in range(50)]
        rebuilt, _ = await asyncio.gather(rebuild(engine, settings), publish(stack, prefix, late))
        assert rebuilt.swapped
        assert len(FACTS) <= rebuilt.records <= len(FACTS) + len(late)

        async def late_ones_arrived() -> bool:
            return bool((await client.get("/v1/spend")).json()["lines"] == 350)

        await eventually(late_ones_arrived)
        shown = (await client.get(f"/v1/payments/{PAYMENTS[7].payment_id}")).json()
        assert shown["amount"] == "7.00"
    await drop_old(engine, settings)
    rebuilt = await rebuild(engine, settings)
    assert rebuilt.records == len(FACTS) + len(late)
    assert rebuilt.old == rebuilt.new
    async with engine.connect() as connection:
        assert (await connection.scalar(text("select count(*) from rejects"))) == 1
        of_programmes = await read_spend(connection, Question(group_by=("programme",)))
    found = [(sums.group["programme"], sums.lines) for sums in of_programmes]
    assert found == [("End of life", 300), (None, 50)]


async def test_no_burst_of_questions_keeps_a_connection_from_the_projections(
    stack: Addresses, prefix: str, engine_for: MakeEngine
) -> None:
    await engine_for("api")
    path = f"/v1/payments/{PAYMENTS[0].payment_id}"
    async with running(settings_of(stack, prefix)) as (_, client):
        await asyncio.gather(*(client.get(path) for _ in range(60)))
        await publish(stack, prefix, PAYMENTS[:1])

        async def arrived() -> bool:
            return (await client.get(path)).status_code == 200

        await eventually(arrived)
        assert (await client.get("/v1/spend")).json()["lines"] == 1


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_today_is_the_day_in_the_united_kingdom(
    monkeypatch: pytest.MonkeyPatch, instant: datetime, day: date
) -> None:
    monkeypatch.setattr(main, "now", lambda: instant)
    assert main.today() == day


async def run(settings: Settings, *words: str, **environment: str) -> tuple[int, str, str]:
    """The command line as an operator runs it."""
    given = {
        "LOCALPOUND_KAFKA": settings.kafka,
        "LOCALPOUND_DATABASE": settings.database,
        "LOCALPOUND_API_DATABASE_SCHEMA": settings.schema_name,
        "LOCALPOUND_TOPIC_PREFIX": settings.topic_prefix,
    }
    ended = await command(app, *words, **given | environment)
    return ended.exit_code, ended.stdout, ended.stderr


async def test_the_command_line(stack: Addresses, prefix: str, engine_for: MakeEngine) -> None:
    engine = await engine_for("api")
    settings = settings_of(stack, prefix)
    async with running(settings) as (_, client):
        await publish(stack, prefix, [paid(1, 12_34), paid(2, -1_00)])

        async def arrived() -> bool:
            return bool((await client.get("/v1/totals")).json()["lines"] == 2)

        await eventually(arrived)
    code, out, _ = await run(settings, "totals", "--json")
    assert (code, json.loads(out)) == (
        0,
        {
            "lines": 2,
            "pence": 11_34,
            "totals": [{"buyer": ICB, "month": "2024-04", "lines": 2, "pence": 11_34}],
        },
    )
    async with engine.begin() as tx:
        await tx.execute(text("update spend set lines = lines + 1"))
    code, _, error = await run(settings, "totals")
    assert (code, error) == (1, "the roll-up does not add up to the payments: run `rebuild`\n")
    code, out, error = await run(settings, "rebuild")
    assert (code, out.splitlines()[1:]) == (
        1,
        [
            "old: 3 lines, 11.34 pounds",
            "new: 2 lines, 11.34 pounds",
            f"differs: {ICB} 2024-04, old 3 lines, 11.34 pounds; new 2 lines, 11.34 pounds",
        ],
    )
    assert "nothing was swapped: the old model goes on answering" in error
    code, out, _ = await run(settings, "rebuild", "--accept-differences")
    assert (code, out.splitlines()[0][:18]) == (0, "0 records replayed")


@pytest.mark.parametrize(
    ("arguments", "key", "code", "said"),
    [
        (["--scope", "spend:read", "--buyer", "*"], "", 2, "LOCALPOUND_TOKEN_KEY is not set"),
        (
            ["--scope", "spend", "--buyer", ICB],
            "k" * 32,
            2,
            "unknown scope spend; known are: spend:read, ",
        ),
        (["--scope", "spend:read"], "k" * 32, 2, "--buyer"),
        (["--scope", "spend:read", "--buyer", "Leeds"], "k" * 32, 2, "'Leeds' is not an org-id"),
        (["--scope", "spend:read", "--buyer", ICB], "k" * 32, 2, "schema stands at revision none"),
    ],
)
async def test_no_token_is_issued_without_a_key_and_an_audit(
    stack: Addresses, prefix: str, arguments: list[str], key: str, code: int, said: str
) -> None:
    given = {"LOCALPOUND_TOKEN_KEY": key} if key else {}
    found, out, error = await run(
        settings_of(stack, prefix), "tokens", "issue", "--subject", "officer", *arguments, **given
    )
    assert found == code
    assert said in out + error


def test_a_setting_that_can_t_be_is_one_sentence_without_its_value() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "services.api", "tokens", "issue", "--subject", "officer"],
        env=os.environ | {"LOCALPOUND_TOKEN_KEY": "too-short-a-secret"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "LOCALPOUND_TOKEN_KEY: must be 32 characters or more\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", said)
