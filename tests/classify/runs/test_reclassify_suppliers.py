"""A newer register restates what it changes, and announces that only."""

import asyncio
from pathlib import Path

import pytest

from services.classify import classify_suppliers as module
from services.classify.classify_suppliers import classify_suppliers
from services.classify.queries.known import know as real_know
from services.classify.runs.reclassify_suppliers import Reclassified, reclassify_suppliers
from tests.classify.database import LATER, NOW, announced, basis_of, fetch, load_charities, supplier
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
