"""What a killed load, or a replica with the earlier index, leaves stale is found and restated."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.classify.basis.basis_in_force import BasisInForce
from services.classify.basis.index_registers import Registers
from services.classify.basis.keep_current import CAUSE, keep_current_once
from services.classify.classify_suppliers import classify_suppliers
from services.classify.queries.bases import find_basis, has_rules_in_force, record_basis
from services.classify.runs.run_reclassification import (
    Totals,
    holding_runs,
    preview_reclassification,
    run_reclassification,
)
from services.classify.sighting import sight_payments
from shared.database import begin, driver, raw_connection
from shared.identity import identify
from tests.classify.database import (
    DEFINITIONS,
    LATER,
    NOW,
    announced,
    basis_of,
    fetch,
    supplier,
)
from tests.classify.runs.test_run_reclassification import (
    NEWER,
    RECORDS,
    STANDING,
    from_memory,
    out_of_reach,
    put_in_force,
    runs,
)
from tests.conftest import MakeEngine


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    """Four suppliers as the earlier register says, and the newer one loaded, but nothing run."""
    made = await engine_for("classify")
    await put_in_force(made, STANDING)
    suppliers, _ = sight_payments(RECORDS, set())
    await classify_suppliers(made, await basis_of(made), suppliers, [], NOW)
    await announced(made)
    await put_in_force(made, NEWER)
    return made


@pytest.fixture
def in_force(engine: AsyncEngine, stack: Addresses, prefix: str, tmp_path: Path) -> BasisInForce:
    """What a service holds that starts now."""
    registers = Registers(stack.database, f"{prefix}_classify", str(tmp_path))
    return BasisInForce(engine, registers, DEFINITIONS)


async def tick(engine: AsyncEngine, in_force: BasisInForce) -> Totals | None:
    return await keep_current_once(engine, in_force, from_memory, lambda: LATER)


async def bases(engine: AsyncEngine) -> set[str]:
    return {str(row[0]) for row in await fetch(engine, "select basis from suppliers")}


async def test_a_load_that_was_killed_before_its_run_is_made_good_to_the_penny(
    engine: AsyncEngine, in_force: BasisInForce
) -> None:
    async with engine.connect() as connection:
        expected = await preview_reclassification(
            await raw_connection(connection), await basis_of(engine), from_memory
        )
    assert expected.changed == 3
    assert await tick(engine, in_force) == expected
    assert {fact.payee for fact in await announced(engine)} == {
        *("Thornbeck Hospice", "Harrowfell Hall", "Lantern Row"),
    }
    assert await bases(engine) == {(await basis_of(engine)).record().basis}
    [run] = await runs(engine)
    assert (run.cause, run.moves) == (CAUSE, expected.moves)
    assert await tick(engine, in_force) is None
    assert await announced(engine) == []
    assert len(await runs(engine)) == 1


async def test_what_was_classified_by_the_earlier_index_is_restated_alone(
    engine: AsyncEngine, in_force: BasisInForce
) -> None:
    earlier = await basis_of(engine)
    await put_in_force(engine, [*NEWER, STANDING[1]])
    await run_reclassification(
        engine, partial(basis_of, engine), from_memory, "a load", "officer", lambda: LATER
    )
    await announced(engine)
    late = [supplier("Harrowfell Hall Ltd"), supplier("K Jones")]
    await classify_suppliers(engine, earlier, late, [], NOW)
    assert [fact.organisation for fact in await announced(engine)] == [None, None]
    done = await tick(engine, in_force)
    assert done is not None
    assert (done.suppliers, done.changed) == (2, 1)
    [fact] = await announced(engine)
    assert (fact.payee, fact.revision) == ("Harrowfell Hall Ltd", 2)


async def test_who_loads_is_not_run_ahead_of(engine: AsyncEngine, in_force: BasisInForce) -> None:
    async with holding_runs(engine):
        assert await tick(engine, in_force) is None
    assert await tick(engine, in_force) is not None


async def test_a_run_that_was_interrupted_is_taken_up(
    engine: AsyncEngine, in_force: BasisInForce
) -> None:
    with pytest.raises(KafkaConnectionError):
        await run_reclassification(
            engine, partial(basis_of, engine), out_of_reach, "a load", "officer", lambda: LATER
        )
    done = await tick(engine, in_force)
    assert done is not None
    assert (done.suppliers, done.changed) == (0, 3)
    assert done.moves
    [run] = await runs(engine)
    assert (run.cause, run.moves) == (f"a load; {CAUSE}", done.moves)
    assert await tick(engine, in_force) is None


async def test_a_replica_with_older_definitions_or_fit_undoes_nothing(
    engine: AsyncEngine, in_force: BasisInForce
) -> None:
    mine = (await basis_of(engine)).record()
    newer = mine._replace(basis=identify("another basis"), rules=identify("newer rules"))
    async with begin(engine) as tx:
        connection = await driver(tx)
        await record_basis(connection, mine, NOW)
        await record_basis(connection, newer, LATER - timedelta(days=1))
    assert await tick(engine, in_force) is None
    # A person who asks for a run means the rules with which it runs.
    await run_reclassification(
        engine, partial(basis_of, engine), from_memory, "back again", "officer", lambda: LATER
    )
    async with engine.connect() as one:
        assert await has_rules_in_force(await raw_connection(one), mine)


async def test_it_is_kept_on_what_each_supplier_was_classified(engine: AsyncEngine) -> None:
    [basis] = await bases(engine)
    async with engine.connect() as one:
        found = await find_basis(await raw_connection(one), basis)
    assert found.registers == {"england-wales-list": "2021-12-31"}
    assert found.definitions["registered-charity"]
    assert found.recorded_at == NOW
