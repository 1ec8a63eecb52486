"""Decisions on the real database: kept for ever, remembered by name, one at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify import classify_suppliers as module
from services.classify.classify_suppliers import classify_suppliers
from services.classify.decisions.decide_supplier import decide_supplier
from services.classify.decisions.decision import Decision, DecisionKind, Settled
from services.classify.queries.known import know
from services.classify.runs.reclassify_suppliers import reclassify_suppliers
from services.classify.supplier import Supplier
from shared.errors import Conflict, NotKnown, Rejected
from tests.classify.database import LATER, NOW, announced, basis_of, fetch, load_charities, supplier
from tests.conftest import MakeEngine

BECK, SAME, OTHER, PERSON = map(
    supplier, ("Thornbeck Ltd", "THE THORNBECK", "Harrowfell", "J Smith")
)
CHARITY = "GB-CHC-9000101"


@pytest.fixture
async def engine(engine_for: MakeEngine, tmp_path: Path) -> AsyncEngine:
    made = await engine_for("classify")
    await load_charities(made, tmp_path, {"9000101": "Thornbeck Hospice"})
    await classify_suppliers(made, await basis_of(made), [BECK, SAME, OTHER, PERSON], [], NOW)
    await announced(made)
    return made


@pytest.fixture
def decide(engine: AsyncEngine) -> Callable[..., Awaitable[Decision]]:
    async def make(
        of: Supplier, revision: int, kind: DecisionKind, *organisations: str, **given: Any
    ) -> Decision:
        settled = Settled(
            *(kind, organisations, given.get("name"), given.get("legal_form")),
            *("It says so", given.get("who", "officer")),
        )
        effect = await decide_supplier(
            engine,
            await basis_of(engine),
            of.supplier_id,
            revision,
            settled,
            given.get("now", LATER),
        )
        return effect.decision

    return make


Decide = Callable[..., Awaitable[Decision]]


async def test_it_is_announced_for_every_payee_of_the_name_known_and_to_come(
    engine: AsyncEngine, decide: Decide
) -> None:
    await decide(BECK, 1, "organisation", CHARITY)
    facts = await announced(engine)
    assert {(f.payee, f.revision, f.organisation, f.rule) for f in facts} == {
        ("Thornbeck Ltd", 2, CHARITY, "decided"),
        ("THE THORNBECK", 2, CHARITY, "decided"),
    }
    later = supplier("Thornbeck", company_number="99000107")
    done = await classify_suppliers(engine, await basis_of(engine), [later, BECK], [], LATER)
    assert [one.classification.organisation for one in done.new] == [CHARITY]


async def test_revoked_the_rules_speak_again_and_the_history_keeps_both(
    engine: AsyncEngine, decide: Decide
) -> None:
    await decide(BECK, 1, "not-vcse")
    await decide(BECK, 2, "revoked", who="another officer")
    assert {(f.payee, f.rule) for f in (await announced(engine))[2:]} == {
        ("Thornbeck Ltd", "no-match"),
        ("THE THORNBECK", "no-match"),
    }
    rows = await fetch(engine, "select kind, who from decisions order by seq")
    assert [tuple(row) for row in rows] == [
        ("not-vcse", "officer"),
        ("revoked", "another officer"),
    ]
    with pytest.raises(Conflict, match="no decision"):
        await decide(BECK, 3, "revoked")


async def test_of_two_people_who_decide_at_once_one_is_told(
    engine: AsyncEngine, decide: Decide
) -> None:
    outcomes = await asyncio.gather(
        *(decide(BECK, 1, kind, who=kind) for kind in ("person", "not-vcse", "person")),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes].count(Conflict) == 2
    assert len(await fetch(engine, "select * from decisions")) == 1
    # The same decision once more is a decision of its own, on what stands now.
    await decide(BECK, 2, "person")


@pytest.mark.parametrize("change", ["update decisions set why = ''", "delete from decisions"])
async def test_the_history_is_only_added_to(
    engine: AsyncEngine, decide: Decide, change: str
) -> None:
    await decide(BECK, 1, "person")
    with pytest.raises(asyncpg.RaiseError, match="only added to"):
        await fetch(engine, change)


@pytest.mark.parametrize(
    ("kind", "organisations", "field"),
    [
        ("organisation", (), "organisations"),
        ("organisation", ("GB-CHC-9999999",), "organisations"),
        ("several", (CHARITY,), "organisations"),
        ("several", (CHARITY, CHARITY), "organisations"),
        ("person", (CHARITY,), "organisations"),
        ("another", ("GB-COH-99000109",), "name"),
    ],
)
async def test_what_can_not_be_decided_changes_nothing(
    engine: AsyncEngine,
    decide: Decide,
    kind: DecisionKind,
    organisations: tuple[str, ...],
    field: str,
) -> None:
    with pytest.raises(Rejected) as refused:
        await decide(BECK, 1, kind, *organisations)
    assert refused.value.field == field
    assert await announced(engine) == []
    assert await fetch(engine, "select * from decisions") == []


async def test_nothing_is_decided_of_a_supplier_not_seen_or_withheld(
    engine: AsyncEngine, decide: Decide
) -> None:
    with pytest.raises(NotKnown):
        await decide(supplier("Nobody"), 1, "person")
    withheld = supplier("Name withheld")
    await classify_suppliers(engine, await basis_of(engine), [withheld], [], NOW)
    with pytest.raises(Rejected, match="withholds"):
        await decide(withheld, 1, "person")


async def test_decisions_survive_a_rebuild_of_the_suppliers(
    engine: AsyncEngine, decide: Decide
) -> None:
    await decide(BECK, 1, "organisation", CHARITY)
    await decide(PERSON, 1, "person")
    before = await fetch(engine, _STANDING)
    async with engine.begin() as tx:
        await tx.execute(text("truncate suppliers, pounds, counted"))
    await classify_suppliers(engine, await basis_of(engine), [PERSON, SAME, OTHER, BECK], [], LATER)
    assert await fetch(engine, _STANDING) == before


_STANDING = "select supplier_id, tier, rule, organisation from suppliers order by 1"


async def test_a_run_keeps_what_was_decided(engine: AsyncEngine, decide: Decide) -> None:
    await decide(BECK, 1, "not-vcse")
    assert (await reclassify_suppliers(engine, await basis_of(engine), LATER)).changed == 0


async def test_a_payee_of_the_name_seen_at_this_moment_is_not_missed(
    engine: AsyncEngine, decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*asked: Any) -> object:
        found = await know(*asked)
        looked_up.set()
        await go_on.wait()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(module, "know", slow)
        late = supplier("Thornbeck", company_number="99000107")
        classifying = asyncio.ensure_future(
            classify_suppliers(engine, await basis_of(engine), [late], [], NOW)
        )
        await looked_up.wait()
        deciding = asyncio.ensure_future(decide(BECK, 1, "not-vcse"))
        await asyncio.wait([deciding], timeout=0.3)
        go_on.set()
        await asyncio.gather(classifying, deciding)
    assert {(f.payee, f.rule) for f in (await announced(engine))[1:]} == {
        ("Thornbeck Ltd", "decided"),
        ("THE THORNBECK", "decided"),
        ("Thornbeck", "decided"),
    }


async def test_the_latest_decision_is_in_force_whatever_the_clocks_say(
    engine: AsyncEngine, decide: Decide
) -> None:
    await decide(BECK, 1, "person", now=LATER)
    await decide(BECK, 2, "not-vcse", now=datetime(2020, 1, 1, tzinfo=UTC))
    assert "not a VCSE" in (await announced(engine))[-1].evidence[0]
