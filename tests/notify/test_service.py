"""The whole service as a process: agreements in by Kafka, messages and facts out."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import Result

from deploy.local.addresses import Addresses
from deploy.local.ports import free_ports
from services.notify.__main__ import cli
from services.notify.handlers import AGREEMENT_FACTS
from services.notify.planning.plan_obligations import plan_obligations
from shared import topics
from shared.envelope import kafka_headers
from shared.events import Fact
from shared.identity import identify, partition_key
from shared.read_facts import read_facts
from shared.topics import Topic, create_topics
from tests.notify.conftest import BARE
from tests.notify.facts import (
    NOW,
    ORGANISATION,
    SUPPLIER,
    TODAY,
    classified,
    named,
    registered,
    varied,
)
from tests.notify.receiver import SECRET, Receiver
from tests.support.command_line import command
from tests.support.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def environment(
    stack: Addresses, prefix: str, engine: AsyncEngine, tmp_path: Path
) -> dict[str, str]:
    await create_topics(stack.kafka, prefix=prefix)
    plans = tmp_path / "plans.json"
    plans.write_text(BARE.content)
    return {
        **os.environ,
        "LOCALPOUND_KAFKA": stack.kafka,
        "LOCALPOUND_DATABASE": stack.database,
        "LOCALPOUND_DATABASE_SCHEMA": f"{prefix}_notify",
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_GROUP_PREFIX": prefix,
        "LOCALPOUND_INSTANCE": "1",
        "LOCALPOUND_NOTIFY_PLANS": str(plans),
        "LOCALPOUND_NOTIFY_TIMER_SECONDS": "0.2",
        "LOCALPOUND_NOTIFY_ALLOW_PRIVATE_WEBHOOKS": "true",
        "LOCALPOUND_NOTIFY_TOTAL_SECONDS": "2",
        "LOCALPOUND_NOTIFY_DELIVERY_LEASE_SECONDS": "9",
        "LOCALPOUND_NOTIFY_DELIVERY_IDLE_SECONDS": "0.05",
    }


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "services.notify", "serve"],
        cwd=ROOT,
        env=environment | {"LOCALPOUND_NOTIFY_HTTP_PORT": str(port)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def send(stack: Addresses, topic: str, facts: Sequence[tuple[str, Fact]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=stack.kafka)
    await producer.start()
    for key, fact in facts:
        headers = kafka_headers(fact.TYPE, "/ingest", NOW)
        event_id = identify("test", fact.model_dump_json()).encode()
        await producer.send_and_wait(
            topic,
            fact.model_dump_json().encode(),
            partition_key(key),
            headers=[*headers, ("ce_id", event_id)],
        )
    await producer.send_and_wait(topic, b"not an event", b"key")
    await producer.stop()


async def read(
    stack: Addresses, topic: Topic, prefix: str, enough: Callable[[list[str]], bool]
) -> list[tuple[str, dict[str, Any]]]:
    consumer = AIOKafkaConsumer(
        prefix + topic.name, bootstrap_servers=stack.kafka, auto_offset_reset="earliest"
    )
    await consumer.start()
    found: list[tuple[str, dict[str, Any]]] = []
    async with asyncio.timeout(20):
        while not enough([event_type for event_type, _ in found]):
            for records in (await consumer.getmany(timeout_ms=100)).values():
                found += [
                    (dict(r.headers)["ce_type"].decode(), orjson.loads(r.value)) for r in records
                ]
    await consumer.stop()
    return found


async def test_an_agreement_in_a_verified_message_out_and_killed_in_between(
    stack: Addresses,
    prefix: str,
    environment: dict[str, str],
    engine: AsyncEngine,
    receiver: Receiver,
) -> None:
    [port] = free_ports(1)
    receiver.verify = True
    agreements = [registered(f"LCC/{number}", end=date(2099, 3, 31)) for number in range(3)]
    changed = [varied(one.reference, end=date(2027, 3, 31)) for one in agreements]
    keys = [str(one.agreement_id) for one in agreements]
    url = f"http://127.0.0.1:{port}"

    async def ready() -> bool:
        try:
            return (await client.get(f"{url}/health/ready")).is_success
        except httpx.TransportError:
            return False

    async with httpx.AsyncClient() as client:
        with serving(environment, port) as process:
            await eventually(ready)
            wish = {
                "subscriber": ORGANISATION,
                "channel": "webhook",
                "address": receiver.url,
                "secret": SECRET,
                "event_types": ["notice.due.v1"],
            }
            assert (await client.post(f"{url}/v1/subscriptions", json=wish)).status_code == 201
            await send(stack, prefix + topics.SUPPLIERS.name, [(SUPPLIER, classified())])
            pairs = list(zip(keys, agreements, strict=True))
            await send(stack, prefix + topics.AGREEMENTS.name, pairs)
            await send(
                stack, prefix + topics.CONTACTS.name, [(keys[0], named("buyer me@b.example"))]
            )
            receiver.hold = asyncio.Event()
            await send(
                stack, prefix + topics.AGREEMENTS.name, list(zip(keys, changed, strict=True))
            )

            async def under_way() -> bool:
                return len(receiver.requests) == 3

            await eventually(under_way)
            process.kill()
            process.wait()
        receiver.hold.set()
        receiver.hold = None
        with serving(environment, port):

            async def all_delivered() -> bool:
                if not await ready():
                    return False
                answer = await client.get(f"{url}/v1/notifications?state=delivered")
                return len(answer.json()["notifications"]) == 3

            await eventually(all_delivered, within=30)
            metrics = (await client.get(f"{url}/metrics")).text
            assert 'localpound_notify_deliveries_total{channel="webhook",outcome="delivered"}' in (
                metrics
            )
    assert len(receiver.requests) == 6
    assert len(set(receiver.ids)) == 3
    events = await read(
        stack, topics.NOTICES, prefix, lambda types: types.count("notice.due.v1") >= 3
    )
    plans = [data["version"] for event, data in events if event == "obligations.planned.v1"]
    assert plans.count(2) == 3
    async with engine.connect() as connection:
        contacts = (
            "select s.address, s.active, s.inactive_reason from contacts c"
            " join subscriptions s using (subscription_id)"
        )
        known = (await connection.execute(text(contacts))).all()
    assert known == [("me@b.example", False, "email is not set up here")]
    due = [data["agreement_id"] for event, data in events if event == "notice.due.v1"]
    assert sorted(due) == sorted(keys)


@pytest.fixture
def verb(environment: dict[str, str]) -> Callable[..., Awaitable[Result]]:
    """Runs a verb of the command line on the service's database."""
    ours = {name: value for name, value in environment.items() if name.startswith("LOCALPOUND_")}
    return partial(command, cli, **ours)


async def test_raise_from_the_command_line_prints_what_it_raised(
    verb: Callable[..., Awaitable[Result]], engine: AsyncEngine
) -> None:
    await plan_obligations(engine, [registered()], [], TODAY, NOW)
    printed = await verb("raise", "--today", "2026-03-31")
    assert printed.stdout.splitlines() == [
        "renewal.approaching.v1  LCC/1  Hospice at home: it ends on 31 March 2027",
        "1 raised, 0 left out, 0 notifications to deliver",
    ]
    printed = await verb("raise", "--today", "2026-11-23", "--json")
    assert sorted(json.loads(line)["type"] for line in printed.stdout.splitlines()) == [
        "notice.due.v1",
        "renewal.approaching.v1",
    ]


async def test_rehearse_from_the_command_line_prints_in_order_and_says_what_is_wrong(
    verb: Callable[..., Awaitable[Result]], engine: AsyncEngine
) -> None:
    await plan_obligations(engine, [registered()], [], TODAY, NOW)
    backwards = await verb("rehearse", "--from", "2026-11-23", "--to", "2026-11-22")
    assert (backwards.exit_code, backwards.stdout) == (2, "")
    assert "--to 2026-11-22 is before --from" in backwards.stderr
    played = await verb("rehearse", "--from", "2026-06-30", "--to", "2027-03-31")
    lines = played.stdout.splitlines()
    table = lines.index("month    kind              facts  messages")
    assert lines[table + 1 : lines.index("", table)] == [
        "2026-06  renewal               1         0",
        "2026-09  notice                1         0",
        "2026-09  renewal               1         0",
        "2026-12  renewal               1         0",
    ]
    assert [(line[:10], line.split()[1]) for line in lines[: table - 1]] == [
        ("2026-06-30", "renewal.approaching.v1"),
        ("2026-09-02", "notice.due.v1"),
        ("2026-09-30", "renewal.approaching.v1"),
        ("2026-12-31", "renewal.approaching.v1"),
    ]
    assert "Agreements registered: 1; with an end: 1, without: 0, over already: 0." in lines


async def test_what_can_not_be_read_is_quarantined_and_the_rest_used(
    engine: AsyncEngine,
) -> None:
    def record(offset: int, event_type: str, value: bytes | None) -> ConsumerRecord:
        headers = [*kafka_headers(event_type, "/ingest", NOW), ("ce_id", b"1")]
        return ConsumerRecord(
            "agreements.v1", 0, offset, 0, 0, b"k", value, None, 1, len(value or b""), headers
        )

    good = registered().model_dump_json().encode()
    facts, _, rejects = read_facts(
        AGREEMENT_FACTS,
        [
            record(1, "agreement.registered.v1", b"{"),
            record(2, "agreement.registered.v1", good),
            record(3, "agreement.ended.v1", good),
            record(4, "agreement.ended.v1", None),
        ],
    )
    for _ in range(2):
        await plan_obligations(engine, facts, rejects, TODAY, NOW)
    async with engine.connect() as connection:
        reasons = await connection.scalars(text("select reason from rejects order by origin"))
        planned = await connection.scalar(text("select count(*) from obligations"))
    found = list(reasons)
    assert len(found) == 2
    assert found[1] == "ended_on is missing", found
    assert planned == 5
