"""An import that is killed, interrupted or cut off goes on, and ends as if nothing had been."""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
import polars as pl
import pytest

from deploy.local.addresses import Addresses
from tests.chaos.kills import SEEDS
from tests.conftest import MakeEngine
from tests.ingest.said import published_data, rows_of
from tests.support.waiting import eventually

ROWS = 120_000
DAYS, PENCE, PAYEES = 12, 500, 900  # each row is said 26 times, in 15 batches
PENCE_IN_ALL = sum(number % PENCE * 100 + 25 for number in range(ROWS))

Process = asyncio.subprocess.Process
Strike = Callable[[Process, asyncpg.Connection, str], Awaitable[None]]


async def killed(process: Process, *_: object) -> None:
    process.kill()


async def interrupted(process: Process, *_: object) -> None:
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all that it has started hear it


async def cut_off(process: Process, database: asyncpg.Connection, schema: str) -> None:
    while process.returncode is None:  # between two batches the loss of a session is mended
        await database.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1",
            f"localpound-{schema}",
        )
        await asyncio.sleep(0.005)


STRIKES: dict[Strike, tuple[int, str]] = {
    killed: (-signal.SIGKILL, ""),
    interrupted: (130, "interrupted: the same command again goes on"),
    cut_off: (1, "run the same command again"),
}
"""With which code the import then ends, and what it says."""


def write_file(folder: Path) -> Path:
    path = folder / "spend.parquet"
    numbers = range(ROWS)
    pl.DataFrame(
        {
            "payment_date": [date(2024, 1, 1) + timedelta(n % DAYS) for n in numbers],
            "amount": [n % PENCE + 0.25 for n in numbers],
            "payee": [f"Payee {n % PAYEES}" for n in numbers],
        }
    ).write_parquet(path)
    return path


@pytest.mark.parametrize("seed", SEEDS)
async def test_an_import_goes_on_after_whatever_ends_it_and_records_each_row_once(
    stack: Addresses, prefix: str, engine_for: MakeEngine, tmp_path: Path, seed: int
) -> None:
    engine = await engine_for("ingest")
    database = await asyncpg.connect(stack.database)
    schema, chance = f"{prefix}_ingest", random.Random(seed)
    argv = ["-m", "services.ingest", "import", str(write_file(tmp_path)), "--buyer", "GB-LAE-LDS"]

    async def start() -> Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, *argv, "--json"),
            env={
                **os.environ,
                "LOCALPOUND_DATABASE": stack.database,
                "LOCALPOUND_INGEST_DATABASE_SCHEMA": schema,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )

    recorded = 0
    for strike in chance.sample(list(STRIKES), len(STRIKES)):
        process = await start()
        wanted = recorded + chance.randrange(1, 8_000)

        async def is_far_enough(wanted: int = wanted) -> bool:
            read = await database.fetchval(f"select max(read) from {schema}.imports")
            return (read or 0) >= wanted

        await eventually(is_far_enough, within=40, every=0.005)
        await strike(process, database, schema)
        _, said = await process.communicate()
        code, sentence = STRIKES[strike]
        assert (process.returncode, sentence in said.decode()) == (code, True), said.decode()
        # A batch, its events and how far the import came are one transaction.
        [run] = await rows_of(engine, "select read, accepted, state from imports")
        [(recorded,)] = await rows_of(engine, "select count(*) from payments")
        assert (run.read, run.accepted, run.state) == (recorded, recorded, "running")
        assert wanted <= recorded < ROWS

    process = await start()
    summary, _ = await process.communicate()
    [done] = json.loads(summary)["files"]
    assert (done["run"], done["resumed_after"]) == (1, recorded)
    assert (done["read"], done["accepted"], done["rejected"]) == (ROWS, ROWS, 0)
    assert Decimal(done["pounds"]["accepted"]) * 100 == PENCE_IN_ALL
    [ledger] = await rows_of(engine, "select count(*), sum(amount_pence)::bigint from payments")
    assert tuple(ledger) == (ROWS, PENCE_IN_ALL)
    published = await published_data(engine, "payments.v1")
    assert len(published) == len({each["payment_id"] for each in published}) == ROWS
    await database.close()
