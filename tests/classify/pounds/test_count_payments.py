"""Sums on the real database: replicas that hold one partition for a moment count once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.pounds import count_payments as module
from services.classify.pounds.count_payments import count_payments
from services.classify.queries.pounds import add_pounds
from tests.classify.database import NOW, fetch
from tests.classify.pounds.test_pounds import published
from tests.classify.test_sighting import payment, spoilt
from tests.conftest import MakeEngine
from tests.support.suppliers import supplier_id


async def pounds(engine: AsyncEngine) -> dict[tuple[str, str], tuple[int, int]]:
    rows = await fetch(engine, "select supplier_id, buyer, lines, pence from pounds")
    return {(str(row["supplier_id"]), row["buyer"]): (row["lines"], row["pence"]) for row in rows}


def of(partition: int, *records: Any) -> list[Any]:
    for one in records:
        one.partition = partition
    return list(records)


MANY = [published(1 + n // 50, n % 50, n, n, f"Payee {n % 30}") for n in range(300)]
TOTAL = sum(range(300))


async def test_replicas_rebalanced_onto_one_partition_count_each_payment_once(
    engine_for: MakeEngine,
) -> None:
    engine = await engine_for("classify")
    batches = [MANY[:200], MANY[:120], MANY[:50], MANY[:200]]
    await asyncio.gather(*(count_payments(engine, batch, NOW) for batch in batches))
    await asyncio.gather(*(count_payments(engine, batch, NOW) for batch in (MANY, MANY[150:])))
    sums = await pounds(engine)
    assert sum(lines for lines, _ in sums.values()) == 300
    assert sum(pence for _, pence in sums.values()) == TOTAL


async def test_each_partition_goes_its_own_way(engine_for: MakeEngine) -> None:
    engine = await engine_for("classify")
    await count_payments(engine, [*of(0, payment("Beck", 7)), *of(5, payment("Hall", 3))], NOW)
    await count_payments(engine, [*of(0, payment("Beck", 7)), *of(5, payment("Hall", 4))], NOW)
    assert await pounds(engine) == {
        (supplier_id("Beck"), "GB-LAE-LDS"): (1, 100),
        (supplier_id("Hall"), "GB-LAE-LDS"): (2, 200),
    }


async def test_a_batch_that_fails_counts_nothing_and_is_counted_when_it_comes_again(
    engine_for: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await engine_for("classify")

    async def crash(*given: Any) -> None:
        await add_pounds(*given)
        raise OSError("the process is killed")

    with monkeypatch.context() as patched:
        patched.setattr(module, "add_pounds", crash)
        with pytest.raises(OSError, match="killed"):
            await count_payments(engine, MANY, NOW)
    assert await pounds(engine) == {}
    await count_payments(engine, MANY, NOW)
    assert sum(pence for _, pence in (await pounds(engine)).values()) == TOTAL


async def test_a_topic_read_anew_from_its_beginning_adds_up_to_the_same(
    engine_for: MakeEngine,
) -> None:
    engine = await engine_for("classify")
    await count_payments(engine, MANY, NOW)
    before = await pounds(engine)
    for start in range(0, 300, 70):
        await count_payments(engine, MANY[start : start + 70], NOW)
    assert await pounds(engine) == before
    async with engine.begin() as tx:
        await tx.execute(text("truncate pounds, counted"))
    for start in range(0, 300, 70):
        await count_payments(engine, MANY[start : start + 70], NOW)
    assert await pounds(engine) == before


async def test_what_can_not_be_read_is_quarantined_once(engine_for: MakeEngine) -> None:
    engine = await engine_for("classify")
    assert len(await count_payments(engine, [payment("Beck", 0), spoilt("Beck", 1)], NOW)) == 1
    assert await count_payments(engine, [spoilt("Beck", 1), payment("Beck", 2)], NOW) == []
    assert len(await fetch(engine, "select * from rejects")) == 1
    assert [lines for lines, _ in (await pounds(engine)).values()] == [2]
