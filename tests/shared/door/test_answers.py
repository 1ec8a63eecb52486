"""Keys of requests that may be sent again, and for how long they hold."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from deploy.local.addresses import Addresses
from shared.access import ANYONE, Caller
from shared.database import begin, open_engine, raw_connection
from shared.door.answers import Answer, answer_once, answers_table, forget_answers, keyed, read_key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.fixture
async def engine(stack: Addresses, prefix: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(stack.database, prefix)
    metadata = MetaData()
    answers_table(metadata)
    async with begin(engine) as tx:
        await (await raw_connection(tx)).execute(f"create schema {prefix}")
        await tx.run_sync(metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ('"8e03978e-40d5"', "8e03978e-40d5"),
        ("8e03978e-40d5", "8e03978e-40d5"),
        (' "a" ', "a"),
        ('"a', None),
        ('""', None),
        ("", None),
        ("a b", None),
        ("é", None),
        ("a" * 256, None),
    ],
)
def test_a_key_comes_in_quotes_or_bare(header: str, key: str | None) -> None:
    assert read_key(header) == key


def test_what_is_said_is_told_apart_part_by_part() -> None:
    assert keyed(ANYONE, "/r", "k", [b"ab", b""]) != keyed(ANYONE, "/r", "k", [b"a", b"b"])
    ids = {
        keyed(Caller(name, issuer=issuer), "/r", "k", []).answer_id
        for name, issuer in (("a", "x"), ("b", "x"), ("a", "y"))
    }
    assert len(ids) == 3


async def test_an_answer_is_kept_for_a_day(engine: AsyncEngine) -> None:
    worked = 0

    async def work(_: AsyncConnection) -> Answer:
        nonlocal worked
        worked += 1
        return Answer(200, "application/json", b"%d" % worked)

    request = keyed(ANYONE, "/v1/payments", "one", [b"body"])
    given = []
    for moment in (NOW, NOW + DAY - timedelta(seconds=1), NOW + DAY, NOW + DAY):
        answer, replayed = await answer_once(engine, request, work, moment)
        given.append((answer.body, replayed))
    assert given == [(b"1", False), (b"1", True), (b"2", False), (b"2", True)]


async def test_a_failure_of_ours_keeps_no_answer(engine: AsyncEngine) -> None:
    async def fail(_: AsyncConnection) -> Answer:
        raise OSError("the disk is full")

    async def work(_: AsyncConnection) -> Answer:
        return Answer(200, "application/json", b"done")

    request = keyed(ANYONE, "/v1/payments", "one", [b"body"])
    with pytest.raises(OSError, match="disk"):
        await answer_once(engine, request, fail, NOW)
    assert (await answer_once(engine, request, work, NOW))[0].body == b"done"


async def test_old_answers_are_forgotten(engine: AsyncEngine) -> None:
    async def work(_: AsyncConnection) -> Answer:
        return Answer(200, "application/json", b"done")

    for number in range(3):
        request = keyed(ANYONE, "/v1/payments", str(number), [])
        await answer_once(engine, request, work, NOW + timedelta(hours=number))
    assert await forget_answers(engine, NOW + DAY + timedelta(hours=1)) == 2
    assert await forget_answers(engine, NOW + DAY + timedelta(hours=2)) == 1
