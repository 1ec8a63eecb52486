"""Nothing is lost and nothing is counted twice, whichever service dies at whichever instant."""

import os
import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from deploy.local.addresses import Addresses
from deploy.local.services import Services, running_services
from deploy.migrate import migrate_all
from tests.chaos.kills import Replay, arrived, is_everything, replay_under_kills
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

SEEDS = [int(seed) for seed in os.environ.get("LOCALPOUND_KILL_SEEDS", "20241").split(",")]
PAYMENTS = int(os.environ.get("LOCALPOUND_KILL_PAYMENTS", "100000"))


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


async def wait_for_everything(database: asyncpg.Connection, services: Services) -> None:
    """Return once all has arrived; fail with what is missing where, and what the services said."""

    async def everything() -> bool:
        return is_everything(await arrived(database), PAYMENTS)

    try:
        await eventually(everything, within=100, every=0.5)
    except TimeoutError:
        logs = "\n".join(f"{name}:\n{services.log_tail(name)}" for name in services.pids)
        pytest.fail(f"after 100 s: {await arrived(database)}\n{logs}")


@pytest.mark.parametrize("seed", SEEDS)
async def test_control_totals_hold_while_every_service_is_killed(
    own_database: Addresses, prefix: str, seed: int
) -> None:
    replay = Replay.of(data_folder(), PAYMENTS)
    environment = await migrate_all(own_database.database) | {
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_GROUP_PREFIX": prefix,
    }
    database = await asyncpg.connect(own_database.database)
    with running_services(own_database, environment) as services:
        await replay_under_kills(own_database, services, replay, seed=seed, prefix=prefix)
        await wait_for_everything(database, services)

    sent = sent_totals(replay.good)
    assert await ledger_totals(database) == sent
    assert await projected_totals(database) == sent
    assert await projected_payments(database) == sent
    assert await classified_totals(database) == sent
    assert await wrongly_counted(database) == []
    assert await database.fetchval("select count(*) from ingest.rejects") == len(replay.bad)
    await database.close()
