"""A newer register restates what it changes, and announces that only."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify import classify_suppliers as module
from services.classify.classify_suppliers import classify_suppliers
from services.classify.queries.known import know as real_know
from services.classify.queries.suppliers import lock_named
from services.classify.registers import find_registers
from services.classify.registers.load_registers import load_register
from services.classify.restate_suppliers import compare_suppliers, differs
from services.classify.runs.reclassify_suppliers import Reclassified, reclassify_suppliers
from shared.database import raw_connection
from tests.classify.database import LATER, NOW, announced, basis_of, fetch, load_charities, supplier
from tests.classify.registries import charity_row, write_charities
from tests.conftest import MakeEngine

HOSPICE, HALL, PERSON = map(supplier, ("Thornbeck Hospice", "Harrowfell Hall", "J Smith"))


async def test_suppliers_seen_before_any_register_become_right(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await classify_suppliers(engine, await basis_of(engine), [HOSPICE, PERSON], [], NOW)
    assert {fact.tier for fact in await announced(engine)} == {"none"}
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    assert await reclassify_suppliers(engine, await basis_of(engine), LATER) == Reclassified(2, 1)
    [fact] = await announced(engine)
    assert (fact.payee, fact.revision, fact.tier) == ("Thornbeck Hospice", 2, "auto")
    assert fact.recorded_at == LATER


async def test_only_what_a_newer_register_changes_is_announced(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    both = {"9000101": "Thornbeck Hospice", "9000102": "Harrowfell Hall"}
    await load_charities(engine, tmp_path, both)
    await classify_suppliers(engine, await basis_of(engine), [HOSPICE, HALL, PERSON], [], NOW)
    await announced(engine)
    assert (await reclassify_suppliers(engine, await basis_of(engine), LATER)).changed == 0
    await load_charities(engine, tmp_path, both, _9000102="removed")
    assert (await reclassify_suppliers(engine, await basis_of(engine), LATER)).changed == 1
    [fact] = await announced(engine)
    assert (fact.payee, fact.revision) == ("Harrowfell Hall", 2)
    assert all(membership.until is not None for membership in fact.memberships)
    assert (await reclassify_suppliers(engine, await basis_of(engine), LATER)).changed == 0
    assert await announced(engine) == []


async def test_a_register_that_says_the_same_at_a_later_day_is_no_news(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    write_charities(tmp_path, [charity_row("9000101", "Thornbeck Hospice")])
    [(register, path)] = find_registers(tmp_path)
    await load_register(engine, register, path, NOW, date(2025, 12, 31))
    await classify_suppliers(engine, await basis_of(engine), [HOSPICE, PERSON], [], NOW)
    [fact, _] = sorted(await announced(engine), key=lambda fact: fact.tier)
    assert fact.memberships
    assert {m.rule.rpartition(", ")[2] for m in fact.memberships} == {
        "not removed as at 31 December 2025"
    }
    await load_register(engine, register, path, LATER, date(2026, 3, 31))
    basis = await basis_of(engine)
    assert (await reclassify_suppliers(engine, basis, LATER)).changed == 0
    assert await announced(engine) == []
    stands = await fetch(engine, "select distinct revision, basis::text from suppliers")
    assert [tuple(row) for row in stands] == [(1, basis.record().basis)]


_OTHERS = (
    "Millrow",
    "Alderholt",
    "Quennel",
    "Rushgate",
    "Ivelstow",
    "Oxmere",
    "Pendwick",
    "Garsby",
)


async def test_scores_that_drift_with_the_weights_of_words_are_no_news(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    charities = {"9000101": "Thornbeck Hospice", "9000102": "Harrowfell Hall"} | {
        f"90002{n:02}": f"{word} Hospice" for n, word in enumerate(_OTHERS)
    }
    await load_charities(engine, tmp_path, charities)
    await classify_suppliers(engine, await basis_of(engine), [HOSPICE, HALL, PERSON], [], NOW)
    await announced(engine)
    await load_charities(engine, tmp_path, charities | {"9000103": "Wexcombe Hospice"})
    basis = await basis_of(engine)
    assert (await reclassify_suppliers(engine, basis, LATER)).changed == 0
    assert await announced(engine) == []
    stands = await fetch(engine, "select distinct revision, basis::text from suppliers")
    assert [tuple(row) for row in stands] == [(1, basis.record().basis)]


async def _changed(engine: AsyncEngine, **fields: Any) -> bool:
    """Whether HOSPICE differs where it is classified anew, but for these fields."""
    async with engine.connect() as one:
        connection = await raw_connection(one)
        [known] = await lock_named(connection, [HOSPICE.supplier_id], [])
        [change] = await compare_suppliers(connection, [known], await basis_of(engine))
    return differs(change._replace(now=change.now._replace(**fields)))


async def test_what_is_decided_is_news_and_a_score_from_five_hundredths_on(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await load_charities(
        engine, tmp_path, {"9000101": "Thornbeck Hospice", "9000102": "Thornbeck Hospice"}
    )
    await classify_suppliers(engine, await basis_of(engine), [HOSPICE], [], NOW)
    [fact] = await announced(engine)
    first, second = fact.candidates
    near, far = (first.model_copy(update={"score": first.score - by}) for by in (0.04, 0.06))
    other = first.model_copy(update={"organisation": "GB-CHC-9000109"})
    unlikely = other.model_copy(update={"score": 0.01})
    for news, fields in (
        (False, {}),
        (False, {"evidence": ("Otherwise told.",), "score": fact.score - 0.04}),
        (False, {"candidates": (second, near)}),
        (False, {"candidates": (first, second, unlikely)}),
        (True, {"candidates": (far, second)}),
        (True, {"candidates": (other, second)}),
        (True, {"candidates": (first,)}),
        (True, {"score": fact.score - 0.06}),
        (True, {"charity_probability": None}),
        (True, {"tier": "auto"}),
        (True, {"places": ("Leeds",)}),
        (True, {"memberships": ()}),
    ):
        assert await _changed(engine, **fields) is news, fields


async def test_runs_beside_each_other_raise_each_revision_once(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    many = [supplier(f"Thornbeck Group {n}") for n in range(50)]
    await classify_suppliers(engine, await basis_of(engine), many, [], NOW)
    await load_charities(
        engine, tmp_path, {f"90001{n:02}": f"Thornbeck Group {n}" for n in range(50)}
    )
    basis = await basis_of(engine)
    runs = await asyncio.gather(*(reclassify_suppliers(engine, basis, LATER) for _ in range(3)))
    assert sum(run.changed for run in runs) == 50
    assert {row[0] for row in await fetch(engine, "select revision from suppliers")} == {2}


async def test_a_supplier_classified_by_the_earlier_register_is_not_missed(
    engine_for: MakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service looks the supplier up, a register is loaded and a run starts, then it commits."""
    engine = await engine_for("classify")
    looked_up, loaded = asyncio.Event(), asyncio.Event()

    async def slow(*asked: object) -> object:
        known = await real_know(*asked)  # type: ignore[arg-type] # passed on as they come
        looked_up.set()
        await loaded.wait()
        return known

    with monkeypatch.context() as patched:
        patched.setattr(module, "know", slow)
        classifying = asyncio.ensure_future(
            classify_suppliers(engine, await basis_of(engine), [HOSPICE], [], NOW)
        )
        await looked_up.wait()
        await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
        run = asyncio.ensure_future(reclassify_suppliers(engine, await basis_of(engine), LATER))
        await asyncio.wait([run], timeout=0.3)
        waits = not run.done()
        loaded.set()
        await classifying
        assert await run == Reclassified(1, 1)
        assert waits
    assert [fact.tier for fact in await announced(engine)] == ["none", "auto"]
