"""The service on a real broker and database: a payment in, a classification out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.classify.main import Settings, build
from shared.access import issue_token
from shared.events import SupplierClassified
from shared.identity import partition_key
from shared.kafka.producer import open_producer
from shared.service import Service
from shared.topics import PAYMENTS, SUPPLIERS
from tests.classify.database import fetch, load_charities
from tests.classify.test_sighting import payment, spoilt
from tests.conftest import MakeEngine
from tests.support.suppliers import supplier_id
from tests.support.waiting import eventually

KEY = SecretStr("a secret that only this test has, long enough")


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    return await engine_for("classify")


@pytest.fixture
def settings(stack: Addresses, prefix: str) -> Callable[..., Settings]:
    def make(**changes: object) -> Settings:
        return Settings.model_validate(
            {
                "kafka": stack.kafka,
                "database": stack.database,
                "database_schema": f"{prefix}_classify",
                "topic_prefix": prefix,
                "group_prefix": prefix,
                "instance": "1",
                **changes,
            }
        )

    return make


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    for step in service.before:
        await step()
    await service.consumers.start()
    loops = [asyncio.ensure_future(step()) for step in service.loops]
    transport = httpx.ASGITransport(service.app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://classify") as client:
            yield client
    finally:
        for loop in loops:
            loop.cancel()
        await service.consumers.stop()
        for step in service.after:
            await step()


async def send(stack: Addresses, topic: str, *records: object) -> None:
    producer = open_producer(stack.kafka)
    await producer.start()
    for record in records:
        await producer.send_and_wait(
            topic,
            record.value,  # type: ignore[attr-defined] # aiokafka has no types
            record.key,  # type: ignore[attr-defined] # likewise
            headers=record.headers,  # type: ignore[attr-defined] # likewise
        )
    await producer.stop()


async def test_a_payment_in_and_a_classification_out_that_a_newer_register_restates_by_itself(
    engine: AsyncEngine,
    settings: Callable[..., Settings],
    stack: Addresses,
    prefix: str,
    tmp_path: Path,
) -> None:
    facts: list[SupplierClassified] = []
    consumer = AIOKafkaConsumer(
        prefix + SUPPLIERS.name, bootstrap_servers=stack.kafka, auto_offset_reset="earliest"
    )

    async def published(count: int) -> bool:
        for records in (await consumer.getmany(timeout_ms=100)).values():
            for record in records:
                fact = SupplierClassified.model_validate_json(record.value)
                assert record.key == partition_key(str(fact.supplier_id))
                facts.append(fact)
        return len(facts) >= count

    async with running(build(settings())) as client:
        await send(
            stack,
            prefix + PAYMENTS.name,
            *(payment("Thornbeck Hospice", n) for n in range(3)),
            spoilt("Nobody"),
            payment("J Smith"),
        )
        await consumer.start()
        await eventually(lambda: published(2))
        assert {(fact.payee, fact.tier) for fact in facts} == {
            ("Thornbeck Hospice", "none"),
            ("J Smith", "none"),
        }
        await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
        await eventually(lambda: published(3))
        await consumer.stop()
        assert (facts[2].revision, facts[2].organisation) == (2, "GB-CHC-9000101")
        assert len(await fetch(engine, "select * from rejects")) == 1

        answer = await client.get(f"/v1/suppliers/{supplier_id('Thornbeck Hospice')}")
        assert answer.json()["organisation"] == "GB-CHC-9000101"
        assert answer.json()["evidence"]
        assert answer.json()["basis"]["registers"] == {"england-wales-list": "2021-12-31"}
        assert answer.json()["memberships"][0]["definition"] == "community-interest"
        person = await client.get(f"/v1/suppliers/{supplier_id('J Smith')}")
        assert person.json()["payee"] is None
        assert "Smith" not in person.text
        nobody = await client.get(f"/v1/suppliers/{supplier_id('Nobody')}")
        assert (nobody.status_code, nobody.json()["title"]) == (404, "Not known")
        [register] = (await client.get("/v1/registers")).json()["registers"]
        assert (register["source"], register["organisations"]) == ("england-wales-list", 1)
        in_force = (await client.get("/v1/definitions")).json()
        names = [definition["name"] for definition in in_force["definitions"]]
        assert {"community-interest", "registered-charity"} < set(names)
        assert [flag["name"] for flag in in_force["flags"]]
        assert in_force["system"]["name"] == "west-yorkshire"
        assert (await client.get("/health/ready")).status_code == 200


async def test_a_restart_knows_the_suppliers_and_officers_see_persons(
    engine: AsyncEngine, settings: Callable[..., Settings], stack: Addresses, prefix: str
) -> None:
    topic = prefix + PAYMENTS.name

    async def suppliers(number: int) -> bool:
        return len(await fetch(engine, "select * from suppliers")) == number

    async with running(build(settings())):
        await send(stack, topic, payment("J Smith"))
        await eventually(lambda: suppliers(1))
    async with running(build(settings(token_key=KEY))) as client:
        # A payment that can't be read can't be counted either, known supplier or not.
        await send(stack, topic, spoilt("J Smith"), payment("K Jones"))
        await eventually(lambda: suppliers(2))
        await eventually(lambda: fetch(engine, "select * from rejects"))
        path = f"/v1/suppliers/{supplier_id('J Smith')}"
        assert (await client.get(path)).status_code == 401
        now = datetime.now(UTC)
        token = issue_token(KEY, "officer", ["spend:read", "personal:read"], now, buyers=["*"])
        reader = issue_token(KEY, "reader", ["spend:read"], now, buyers=["*"])
        for bearer, payee in ((token, "J Smith"), (reader, None)):
            answer = await client.get(path, headers={"Authorization": f"Bearer {bearer}"})
            assert answer.json()["payee"] == payee
