"""The index in force: made once, apart from the service, and replaced while it goes on."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.classify.basis import basis_in_force as module
from services.classify.basis.basis import Basis
from services.classify.basis.basis_in_force import BasisInForce
from services.classify.basis.index_registers import STEPS, Registers
from services.classify.classify_suppliers import classify_suppliers
from shared.errors import Retryable
from tests.classify.database import DEFINITIONS, NOW, load_charities, supplier
from tests.conftest import MakeEngine

HOSPICE = supplier("Thornbeck Hospice")
Make = Callable[..., BasisInForce]


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    return await engine_for("classify")


@pytest.fixture
def registers(stack: Addresses, prefix: str, tmp_path: Path) -> Registers:
    return Registers(stack.database, f"{prefix}_classify", str(tmp_path / "cache"))


async def tier(engine: AsyncEngine, basis: Basis, payee: str) -> str:
    [one] = (await classify_suppliers(engine, basis, [supplier(payee)], [], NOW)).new
    return one.classification.tier


async def test_without_any_register_nothing_is_matched_and_nothing_fails(
    engine: AsyncEngine, registers: Registers
) -> None:
    basis = await BasisInForce(engine, registers, DEFINITIONS).latest()
    assert await tier(engine, basis, "Thornbeck Hospice") == "none"


async def test_the_one_at_hand_goes_on_until_the_newer_is_made(
    engine: AsyncEngine, registers: Registers, tmp_path: Path
) -> None:
    in_force = BasisInForce(engine, registers, DEFINITIONS, longest_wait=0.01)
    with pytest.raises(Retryable, match="is being made"):
        await in_force.at_hand()
    in_force = BasisInForce(engine, registers, DEFINITIONS)
    waiting = asyncio.ensure_future(in_force.at_hand())
    empty = await in_force.latest()
    assert await waiting == empty
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    assert await tier(engine, await in_force.at_hand(), "Thornbeck Hospice") == "none"
    newer = await in_force.latest()
    assert await in_force.at_hand() == newer
    assert newer.record().basis != empty.record().basis
    assert await in_force.latest() == newer
    assert await tier(engine, newer, "Thornbeck Hospice Ltd") == "auto"


async def test_a_large_one_is_made_apart_once_and_kept_for_all(
    engine: AsyncEngine, registers: Registers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    steps: list[str] = []
    replicas = [BasisInForce(engine, registers, DEFINITIONS, few_names=0) for _ in range(2)]
    bases = await asyncio.gather(*(each.latest(steps.append) for each in replicas))
    assert [basis.index.entries for basis in bases] == [1, 1]
    assert sorted(steps) == sorted([STEPS[0], *STEPS])  # the other one waited
    assert await tier(engine, bases[0], "Thornbeck Hospice") == "auto"

    async def never(*_: object) -> None:
        raise AssertionError("it is kept already")

    with monkeypatch.context() as patched:
        patched.setattr(module, "index_apart", never)
        again = await BasisInForce(engine, registers, DEFINITIONS, few_names=0).latest()
    assert again.record() == bases[0].record()

    [file] = (tmp_path / "cache").glob("*.npz")
    file.write_bytes(file.read_bytes()[:1000])
    mended = await BasisInForce(engine, registers, DEFINITIONS, few_names=0).latest()
    assert mended.index.entries == 1


async def test_where_none_can_be_made_the_one_at_hand_serves_on_and_it_is_said(
    engine: AsyncEngine, registers: Registers, tmp_path: Path
) -> None:
    no_folder = tmp_path / "names"
    await asyncio.to_thread(no_folder.write_text, "a file")
    unwritable = registers._replace(cache=str(no_folder))
    in_force = BasisInForce(engine, unwritable, DEFINITIONS, few_names=0)
    # No names at all are few.
    empty = await in_force.latest()
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    with pytest.raises(Retryable, match=r"could not be made: .*names"):
        await in_force.latest()
    assert await in_force.at_hand() == empty
