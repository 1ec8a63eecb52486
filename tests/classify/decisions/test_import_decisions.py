"""Decisions brought back from a file, on the real database."""

import random
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.classify.classify_suppliers import classify_suppliers
from services.classify.decisions.decide_supplier import decide_supplier
from services.classify.decisions.decision import DecisionKind, Settled
from services.classify.decisions.import_decisions import import_decisions
from services.classify.queries.decisions import list_all_decisions
from shared.database import raw_connection
from tests.classify.command_line import classify
from tests.classify.database import LATER, NOW, announced, basis_of, fetch, load_charities, supplier
from tests.conftest import MakeEngine

BECK, SAME, PERSON = map(supplier, ("Thornbeck Ltd", "THE THORNBECK", "J Smith"))
STANDING = "select supplier_id, tier, rule, organisation from suppliers order by 1"


async def decide(engine: AsyncEngine, of: str, revision: int, kind: DecisionKind) -> None:
    organisations = ("GB-CHC-9000101",) if kind == "organisation" else ()
    settled = Settled(kind, organisations, None, None, "=It says so", "officer")
    moment = LATER + timedelta(days=revision)
    await decide_supplier(engine, await basis_of(engine), of, revision, settled, moment)


async def forget_everything(engine: AsyncEngine) -> None:
    async with engine.begin() as tx:
        await tx.execute(text("truncate suppliers, decisions"))


async def test_a_file_restores_what_was_decided_before_or_after_its_suppliers_are_seen(
    engine_for: MakeEngine, stack: Addresses, prefix: str, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    await classify_suppliers(engine, await basis_of(engine), [BECK, SAME, PERSON], [], NOW)
    await decide(engine, BECK.supplier_id, 1, "not-vcse")
    await decide(engine, BECK.supplier_id, 2, "organisation")
    await decide(engine, PERSON.supplier_id, 1, "person")
    before = await fetch(engine, STANDING)
    environment = {
        "LOCALPOUND_DATABASE": stack.database,
        "LOCALPOUND_CLASSIFY_DATABASE_SCHEMA": f"{prefix}_classify",
    }
    file = tmp_path / "decisions.csv"
    done = await classify("decisions", "export", str(file), **environment)
    assert (done.exit_code, done.stdout) == (0, "3 decisions written to decisions.csv\n")
    assert "Smith" not in file.read_text()

    await forget_everything(engine)
    await classify_suppliers(engine, await basis_of(engine), [BECK, PERSON], [], NOW)
    topics = {"LOCALPOUND_KAFKA": stack.kafka, "LOCALPOUND_TOPIC_PREFIX": prefix}
    dry = await classify("decisions", "import", "--dry-run", str(file), **environment, **topics)
    assert dry.exit_code == 0, dry.stderr
    assert dry.stdout.endswith(
        "3 of 3 decisions would be added, 0 can't be used, 2 suppliers would change\n"
    )
    assert await fetch(engine, "select * from decisions") == []
    done = await classify("decisions", "import", str(file), **environment)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [
        *("row 2: added", "row 3: added", "row 4: added"),
        "3 of 3 decisions added, 0 can't be used, 2 suppliers changed",
    ]
    await classify_suppliers(engine, await basis_of(engine), [SAME], [], NOW)
    assert await fetch(engine, STANDING) == before

    with file.open("a") as lines:
        lines.write("nobody,,person,,,,x,y,2026-01-01T00:00:00+00:00,,\n")
    again = await classify("decisions", "import", str(file), **environment)
    assert again.exit_code == 2
    assert "row 2: known already" in again.stdout
    assert "row 5: can't be used: `supplier_id`: is not a UUID" in again.stdout
    assert again.stderr == "decisions.csv: 1 rows can't be used\n"


async def test_the_latest_is_in_force_in_whatever_order_they_come(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    await classify_suppliers(engine, await basis_of(engine), [BECK], [], NOW)
    for revision, kind in enumerate(("person", "revoked", "not-vcse", "organisation"), 1):
        await decide(engine, BECK.supplier_id, revision, kind)  # type: ignore[arg-type] # kinds
    async with engine.connect() as connection:
        history = [d for d, _ in await list_all_decisions(await raw_connection(connection))]
    before = await fetch(engine, STANDING)
    await forget_everything(engine)
    await classify_suppliers(engine, await basis_of(engine), [BECK], [], NOW)
    random.Random(3).shuffle(history)
    await announced(engine)
    for decision in history:
        await import_decisions(engine, await basis_of(engine), [decision], LATER)
    assert await fetch(engine, STANDING) == before
    assert (await import_decisions(engine, await basis_of(engine), history, LATER)).added == set()
