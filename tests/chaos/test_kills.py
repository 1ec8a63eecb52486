"""Nothing is lost and nothing is counted twice, whatever dies or is interrupted at any instant."""

import asyncio
import os
import random
import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from deploy.local.addresses import Addresses
from deploy.local.services import SERVICES, Services, running_services
from deploy.migrate import migrate_all
from tests.chaos.kills import (
    SEEDS,
    Replay,
    arrived,
    end_sessions,
    is_everything,
    kill_and_start,
    kill_one_of_each,
    replaying,
    second,
    stop_for_a_while,
)
from tests.support.control_totals import (
    classified_totals,
    ledger_totals,
    projected_payments,
    projected_totals,
    sent_totals,
    wrongly_counted,
)
from tests.support.data import data_folder
from tests.support.waiting import eventually

PAYMENTS = int(os.environ.get("LOCALPOUND_KILL_PAYMENTS", "100000"))
FEWER = PAYMENTS // 4


@pytest.fixture
async def own_database(stack: Addresses) -> AsyncIterator[Addresses]:
    """A database of this test's own on the running server: the services use their real schemas."""
    name = f"kills_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(stack.database)
    await admin.execute(f"create database {name}")
    url = make_url(stack.database).set(database=name).render_as_string(hide_password=False)
    yield Addresses(kafka=stack.kafka, database=url, kind=stack.kind)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def wait_for_everything(
    database: asyncpg.Connection, services: Services, payments: int
) -> None:
    """Return once all has arrived; fail with what is missing where, and what the services said."""

    async def everything() -> bool:
        return is_everything(await arrived(database), payments)

    try:
        await eventually(everything, within=100, every=0.5)
    except TimeoutError:
        logs = "\n".join(f"{name}:\n{services.log_tail(name)}" for name in services.pids)
        pytest.fail(f"after 100 s: {await arrived(database)}\n{logs}")


async def environment_of(addresses: Addresses, prefix: str) -> dict[str, str]:
    return await migrate_all(addresses.database) | {
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_GROUP_PREFIX": prefix,
    }


async def compare_totals(database: asyncpg.Connection, replay: Replay) -> None:
    """Lines and pence by buyer and month are at every stage what was sent, less what is kept."""
    sent = sent_totals(replay.good)
    assert await ledger_totals(database) == sent
    assert await projected_totals(database) == sent
    assert await projected_payments(database) == sent
    assert await classified_totals(database) == sent
    assert await wrongly_counted(database) == []
    assert await database.fetchval("select count(*) from ingest.rejects") == len(replay.bad)


@pytest.mark.parametrize("seed", SEEDS)
async def test_control_totals_hold_while_every_service_is_killed(
    own_database: Addresses, prefix: str, seed: int
) -> None:
    replay = Replay.of(data_folder(), PAYMENTS)
    environment = await environment_of(own_database, prefix)
    database = await asyncpg.connect(own_database.database)
    with running_services(own_database, environment) as services:
        async with replaying(own_database.kafka, replay, prefix=prefix):
            await kill_and_start(services, random.Random(seed))
        await wait_for_everything(database, services, PAYMENTS)
    await compare_totals(database, replay)
    await database.close()


@pytest.mark.parametrize("seed", SEEDS)
async def test_control_totals_hold_while_one_replica_of_each_service_dies(
    own_database: Addresses, prefix: str, seed: int
) -> None:
    replay = Replay.of(data_folder(), FEWER)
    environment = await environment_of(own_database, prefix)
    database = await asyncpg.connect(own_database.database)
    replicas = (*SERVICES, *map(second, SERVICES))
    with running_services(own_database, environment, names=replicas) as services:
        async with replaying(own_database.kafka, replay, prefix=prefix):
            left = await kill_one_of_each(services, random.Random(seed))
        await wait_for_everything(database, services, FEWER)
        await asyncio.to_thread(services.wait_ready, *left)
    await compare_totals(database, replay)
    await database.close()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("interrupted", ["database", "broker"])
async def test_control_totals_hold_while_database_or_broker_is_interrupted(
    stack: Addresses, own_database: Addresses, prefix: str, seed: int, interrupted: str
) -> None:
    if interrupted == "broker" and "kafka" not in stack.pids:
        pytest.skip("the broker is not this session's own process: it can't be made to stand still")
    replay = Replay.of(data_folder(), FEWER)
    environment = await environment_of(own_database, prefix)
    database = await asyncpg.connect(own_database.database)
    chance = random.Random(seed)
    with running_services(own_database, environment) as services:
        async with replaying(own_database.kafka, replay, prefix=prefix):
            if interrupted == "database":
                assert await end_sessions(database, chance) > len(SERVICES)
            else:
                await stop_for_a_while(stack.pids["kafka"], chance, 5)
        await wait_for_everything(database, services, FEWER)
        assert all(process.process() for process in services.processes.values()), "none gave up"
        await asyncio.to_thread(services.wait_ready)
    await compare_totals(database, replay)
    await database.close()
