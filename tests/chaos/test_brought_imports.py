"""The import process and its service are killed at random instants: each row once, none stuck."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.services import Services, running_services
from services.ingest.imports.import_process import PROGRAM
from tests.chaos.brought_files import Brought, brought, put, totals, upload
from tests.chaos.kills import SEEDS
from tests.conftest import MakeEngine
from tests.support.waiting import eventually

KILLS = int(os.environ.get("LOCALPOUND_IMPORT_KILLS", "1"))
FILES = 3 + min(KILLS - 1, 9)
ROWS = 12_000
STATES = ("finished", "taken_back")
_STANDING = """
    select buyer, to_char(payment_date, 'YYYY-MM') as month,
           count(*) as rows, sum(amount_pence)::bigint as pence
    from payments where not coalesce((
        select withdrawn from payment_revisions as revised
        where revised.payment_id = payments.payment_id order by revision desc limit 1
    ), false)
    group by 1, 2
"""


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    return await engine_for("ingest")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "watched"
    folder.mkdir()
    return folder


@pytest.fixture
async def services(
    stack: Addresses, prefix: str, engine: AsyncEngine, folder: Path
) -> AsyncIterator[Services]:
    """The ingest service alone: whether its events arrive is tested by the other kills."""
    environment = {
        "LOCALPOUND_INGEST_DATABASE_SCHEMA": f"{prefix}_ingest",
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_GROUP_PREFIX": prefix,
        "LOCALPOUND_INGEST_WATCHED_FOLDER": str(folder),
        "LOCALPOUND_INGEST_WATCHED_SECONDS": "0.2",
    }
    with running_services(stack, environment, names=("ingest",)) as running:
        yield running


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_file_is_imported_once_while_its_importer_is_killed(
    services: Services, engine: AsyncEngine, folder: Path, seed: int
) -> None:
    chance = random.Random(seed)
    files = brought(FILES, ROWS)
    by_door = dict(zip(await _bring(services, folder, files), files, strict=False))
    given_up = chance.choice(list(by_door))
    instants = sorted(chance.sample(range(1, FILES * ROWS * 3 // 4), KILLS))
    for number, instant in enumerate(instants):
        await eventually(lambda at=instant: _has_read(engine, at), within=60, every=0.01)  # type: ignore[misc]
        await asyncio.sleep(chance.uniform(0, 0.2))
        if number == KILLS // 2:
            await _give_up(services, given_up)
        await asyncio.to_thread(_kill, services, chance, alone=number % 2 == 1)

    await _until_all_is_done(services, engine)
    shown = await _imports(services)
    assert {each["state"] for each in shown} <= set(STATES)
    counted = [_file_of(files, each) for each in shown if each["state"] == "finished"]
    assert await _standing(engine) == totals(counted)
    left = [each for each in shown if each["state"] == "taken_back"]
    assert len(counted) + len(left) == len(files)
    for each in shown:
        _check_accounting(_file_of(files, each), each)
    for file in files:
        assert not (folder / file.buyer / file.name).exists(), "each was moved"


async def _bring(services: Services, folder: Path, files: list[Brought]) -> list[str]:
    """All but each third by upload, in no time; the ids of their imports."""
    sent = [file for number, file in enumerate(files) if number % 3 != 1]
    for number, file in enumerate(files):
        if number % 3 == 1:
            put(folder, file)
    return [await upload(services.url("ingest"), file) for file in sent]


async def _give_up(services: Services, import_id: str) -> None:
    async with httpx.AsyncClient(base_url=services.url("ingest"), timeout=30) as client:
        said = {"reason": "the wrong file", "who": "Finance officer"}
        answer = await client.post(f"/v1/imports/{import_id}/taking-back", json=said)
        assert answer.status_code == 200, answer.text


def _kill(services: Services, chance: random.Random, *, alone: bool) -> None:
    """Kill the import process `alone`, where there is one; else the service, and start it again."""
    pid = services.pids["ingest"]
    importers = [
        child for child in psutil.Process(pid).children() if PROGRAM in " ".join(child.cmdline())
    ]
    if alone and importers:
        chance.choice(importers).kill()
        return
    services.kill("ingest")
    services.start("ingest")
    services.wait_ready("ingest")


async def _has_read(engine: AsyncEngine, rows: int) -> bool:
    [row] = await _rows(engine, "select coalesce(sum(read), 0) as read from imports")
    return bool(row.read >= rows)


async def _until_all_is_done(services: Services, engine: AsyncEngine) -> None:
    states = f"select count(*) as done from imports where state in {STATES}"

    async def done() -> bool:
        [row] = await _rows(engine, states)
        [waiting] = await _rows(engine, "select count(*) as rows from outbox")
        lying = list(_watched(services).glob("*/*.csv"))
        return row.done == FILES and not waiting.rows and not lying

    try:
        await eventually(done, within=120, every=0.1)
    except TimeoutError:
        said = await _rows(engine, "select name, state, read from imports")
        pytest.fail(f"after 120 s: {said}\n{services.log_tail('ingest')}")


def _watched(services: Services) -> Path:
    return Path(services.environment["LOCALPOUND_INGEST_WATCHED_FOLDER"])


async def _imports(services: Services) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=services.url("ingest"), timeout=30) as client:
        found: list[dict[str, Any]] = (await client.get("/v1/imports")).json()["imports"]
    return found


def _file_of(files: list[Brought], shown: dict[str, Any]) -> Brought:
    [file] = [f for f in files if (f.buyer, f.name) == (shown["buyer"], shown["file"])]
    return file


def _check_accounting(file: Brought, shown: dict[str, Any]) -> None:
    """Rows read are what became of them; of a finished import they are the rows of its file."""
    skipped = sum(each["rows"] for each in shown["skipped_by_kind"].values())
    used = shown["accepted"]["rows"] + shown["already_known"]["rows"]
    assert used + shown["rejected"]["rows"] + skipped == shown["read"]
    if shown["state"] == "finished":
        assert shown["read"] == len(file.lines()) + 1
        assert (shown["accepted"]["rows"], shown["already_known"]["rows"]) == (file.used()[0], 0)


async def _standing(engine: AsyncEngine) -> Counter[tuple[str, str, str]]:
    said: Counter[tuple[str, str, str]] = Counter()
    for row in await _rows(engine, _STANDING):
        said[row.buyer, row.month, "rows"] += row.rows
        said[row.buyer, row.month, "pence"] += row.pence
    return said


async def _rows(engine: AsyncEngine, query: str) -> list[Any]:
    async with engine.connect() as connection:
        return list(await connection.execute(text(query)))
