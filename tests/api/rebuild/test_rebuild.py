"""The read model rebuilt: what is compared, what is refused, what is kept and taken back."""

import asyncio
from datetime import date
from functools import partial
from importlib import import_module
from importlib.util import find_spec

import pytest
from rich.progress import Progress
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.api.__main__ import app
from services.api.main import Settings, now
from services.api.projections.held_tables import hold_tables
from services.api.queries.totals import Total, read_totals
from services.api.ranking.refresh_ranking import analyse
from services.api.rebuild import rebuild_read_model as room
from services.api.rebuild import swap
from services.api.rebuild.compare import Difference, differences
from services.api.rebuild.rebuild_read_model import (
    Rebuilt,
    drop_old,
    rebuild_read_model,
    swap_back,
)
from services.api.rebuild.schemas import READ_MODEL
from services.api.rebuild.swap import projections_paused
from shared.database import begin
from shared.errors import Conflict, Retryable
from shared.locks import Lock
from shared.topics import create_topics
from tests.api.facts import ICB, LEEDS, corrected, paid
from tests.api.test_service import publish, running, settings_of
from tests.conftest import MakeEngine
from tests.support.waiting import eventually

APRIL, MAY = date(2024, 4, 1), date(2024, 5, 1)
PAYMENTS = [paid(n, 100 * n) for n in range(40)]
SENT = [*PAYMENTS, corrected(PAYMENTS[3], pence=1)]
WHOLE = [Total(ICB, APRIL, 40, sum(100 * n for n in range(40)) - 300 + 1)]


def kept_tables() -> set[str]:
    """What officers entered and no topic holds."""
    name = "services.api.kept"
    return set(import_module(f"{name}.tables").metadata.tables) if find_spec(name) else set()


async def rebuild(engine: AsyncEngine, settings: Settings, **asked: bool) -> Rebuilt:
    return await rebuild_read_model(engine, settings, now, Progress(disable=True), **asked)


async def totals_of(engine: AsyncEngine) -> list[Total]:
    async with engine.connect() as connection:
        return await read_totals(connection)


async def test_every_table_is_rebuilt_or_kept(engine_for: MakeEngine) -> None:
    engine = await engine_for("api")
    async with engine.connect() as connection:
        found = await connection.scalars(
            text("select tablename from pg_tables where schemaname = current_schema()")
        )
        names = set(found) - {"alembic_version"}
        crossing = await connection.scalars(
            text(
                "select conname from pg_constraint join pg_class as t on t.oid = confrelid"
                " where contype = 'f' and t.relnamespace = current_schema()::regnamespace"
                " and t.relname = any(:tables)"
            ),
            {"tables": list(READ_MODEL)},
        )
        followed = list(crossing)
    unknown = names - set(READ_MODEL) - kept_tables()
    assert not unknown, (
        f"{sorted(unknown)}: what the topics hold belongs in services/api/tables/, and a rebuild "
        "fills it; what officers enter in services/api/kept/tables.py, which no rebuild touches"
    )
    assert not set(READ_MODEL) & kept_tables()
    assert not followed, "a foreign key would follow the model of before"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ([(ICB, APRIL, 2, 5)], [(ICB, APRIL, 2, 5)], []),
        ([(ICB, APRIL, 2, 5)], [(ICB, APRIL, 2, 6)], [(ICB, APRIL)]),
        ([(ICB, APRIL, 2, 5)], [(ICB, APRIL, 3, 5)], [(ICB, APRIL)]),
        ([(ICB, APRIL, 2, 5)], [(LEEDS, APRIL, 2, 5)], [(LEEDS, APRIL), (ICB, APRIL)]),
        ([], [(ICB, MAY, 1, 0), (ICB, APRIL, 1, 0)], [(ICB, APRIL), (ICB, MAY)]),
        ([(ICB, APRIL, 0, 0)], [], []),
    ],
)
def test_a_month_differs_by_a_line_or_by_a_penny(
    old: list[tuple[str, date, int, int]],
    new: list[tuple[str, date, int, int]],
    found: list[tuple[str, date]],
) -> None:
    compared = differences([Total(*one) for one in old], [Total(*one) for one in new])
    assert [(each.buyer, each.month) for each in compared] == found


async def test_a_model_that_lost_what_kafka_was_told_of_is_rebuilt_whole_and_taken_back(
    stack: Addresses, prefix: str, engine_for: MakeEngine
) -> None:
    engine = await engine_for("api")
    settings = settings_of(stack, prefix)
    async with running(settings):
        await publish(stack, prefix, SENT)

        async def arrived() -> bool:
            return await totals_of(engine) == WHOLE

        await eventually(arrived)
    async with engine.begin() as tx:  # as a backup of before the first payment would leave it
        await tx.execute(text(f"truncate {', '.join(READ_MODEL)}"))

    with capture_logs() as logs:
        rebuilt = await rebuild(engine, settings)
    assert "rebuild.old_model_short" in {log["event"] for log in logs}
    assert rebuilt == Rebuilt(
        len(SENT), [], WHOLE, [Difference(ICB, APRIL, None, WHOLE[0])], swapped=False
    )
    assert await totals_of(engine) == [], "the old model goes on answering"
    beyond = f"update {prefix}_api_rebuild.projected_offsets set next_offset = next_offset + 99"
    async with engine.begin() as tx:
        await tx.execute(text(beyond))
    with pytest.raises(Conflict, match=r"made anew; run `rebuild --anew`"):
        await rebuild(engine, settings)
    rebuilt = await rebuild(engine, settings, anew=True, accept_differences=True)
    assert (rebuilt.records, rebuilt.swapped) == (len(SENT), True)
    assert await totals_of(engine) == WHOLE

    with pytest.raises(Conflict, match="`rebuild --drop-old` gives up on it"):
        await rebuild(engine, settings)
    back = await swap_back(engine, settings, now, Progress(disable=True))
    assert back == Rebuilt(len(SENT), WHOLE, WHOLE, [], swapped=True), "it is brought up to date"
    again = await swap_back(engine, settings, now, Progress(disable=True))
    assert again == Rebuilt(0, WHOLE, WHOLE, [], swapped=True), "and so is that"
    async with engine.begin() as tx:
        await tx.execute(text("update alembic_version set version_num = '0099'"))
    with pytest.raises(Conflict, match=r"stands at revision \d{4}, the schema at 0099"):
        await swap_back(engine, settings, now, Progress(disable=True))
    assert await drop_old(engine, settings)
    assert not await drop_old(engine, settings)
    with pytest.raises(Conflict, match="no model from before a rebuild is kept"):
        await swap_back(engine, settings, now, Progress(disable=True))
    assert await totals_of(engine) == WHOLE


async def test_a_model_whose_kept_totals_are_not_those_of_its_roll_up_is_not_taken_back(
    stack: Addresses, prefix: str, engine_for: MakeEngine
) -> None:
    engine = await engine_for("api")
    settings = settings_of(stack, prefix)
    async with running(settings):
        await publish(stack, prefix, SENT)

        async def arrived() -> bool:
            return await totals_of(engine) == WHOLE

        await eventually(arrived)
    async with engine.begin() as tx:
        await tx.execute(text("update control_totals set pence = pence + 5"))
    await rebuild(engine, settings)
    back = await swap_back(engine, settings, now, Progress(disable=True))
    spoilt = WHOLE[0]._replace(pence=WHOLE[0].pence + 5)
    assert (back.swapped, back.differences) == (
        False,
        [Difference(ICB, APRIL, WHOLE[0], spoilt)],
    )
    assert await totals_of(engine) == WHOLE


async def test_the_swap_waits_for_a_batch_that_is_on_its_way(
    stack: Addresses, prefix: str, engine_for: MakeEngine
) -> None:
    engine = await engine_for("api")
    await create_topics(stack.kafka, prefix=prefix)

    async def waits() -> bool:
        async with engine.connect() as connection:
            asked = "select exists (select from pg_locks where classid = :lock and not granted)"
            return bool(await connection.scalar(text(asked), {"lock": Lock.PROJECTING.value}))

    async with asyncio.timeout(60), begin(engine) as projecting:
        await hold_tables(projecting)
        swapped = asyncio.ensure_future(rebuild(engine, settings_of(stack, prefix)))
        await eventually(waits)
        # Of the tables that it holds, and none but those.
        await projecting.execute(text("insert into definitions values ('ours')"))
    assert (await swapped).swapped
    async with engine.connect() as connection:
        found = await connection.scalars(text(f"table {prefix}_api_before.definitions"))
        assert list(found) == ["ours"]


async def test_statistics_of_the_ranking_and_a_swap_do_not_wait_for_each_other(
    prefix: str, engine_for: MakeEngine
) -> None:
    engine = await engine_for("api")
    schema = f"{prefix}_api"

    async def are_waiting(number: int) -> bool:
        waiting = (
            "select count(*) from pg_locks where not granted and relation = 'party_spend'::regclass"
        )
        async with engine.connect() as connection:
            return bool(await connection.scalar(text(waiting)) == number)

    async def swap_nothing() -> None:
        async with projections_paused(engine, schema, schema):
            pass

    async with asyncio.timeout(60), engine.connect() as vacuum:
        await vacuum.execute(text("lock table party_spend in share update exclusive mode"))
        analysed = asyncio.ensure_future(analyse(engine))
        await eventually(partial(are_waiting, 1))
        swapped = asyncio.ensure_future(swap_nothing())
        await eventually(partial(are_waiting, 2))
        await vacuum.rollback()
        await asyncio.gather(analysed, swapped)


async def test_a_question_that_takes_long_puts_the_swap_off_and_keeps_nobody_waiting(
    stack: Addresses, prefix: str, engine_for: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await engine_for("api")
    settings = settings_of(stack, prefix)
    await create_topics(stack.kafka, prefix=prefix)
    monkeypatch.setattr(swap, "_TRIES", 2)
    monkeypatch.setattr(room, "_ROUNDS", 2)
    async with asyncio.timeout(60), engine.connect() as long:
        await long.execute(text("select count(*) from spend"))
        with pytest.raises(Retryable, match="questions that take long held the tables"):
            await rebuild(engine, settings)
        monkeypatch.setattr(swap, "_TRIES", 1000)
        with capture_logs() as logs:
            first = asyncio.ensure_future(rebuild(engine, settings))

            async def tries() -> bool:
                return "rebuild.compared" in {log["event"] for log in logs}

            await eventually(tries)
        with pytest.raises(Conflict, match="another rebuild of this read model runs"):
            await rebuild(engine, settings)
        async with asyncio.timeout(5):  # beside the tries
            assert await totals_of(engine) == []
        assert not first.done()
        await long.rollback()
    assert (await first).swapped


def test_one_thing_is_asked_at_a_time() -> None:
    found = CliRunner().invoke(app, ["rebuild", "--anew", "--swap-back"])
    assert (found.exit_code, "three different things" in found.output) == (2, True)
