"""Suppliers on the real database: classified once, announced if and only if committed."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify import classify_suppliers as module
from services.classify.classify_suppliers import classify_suppliers
from services.classify.supplier import Supplier
from shared.identity import identify
from shared.inbox import Reject
from tests.classify.database import (
    LATER,
    NOW,
    announced,
    basis_of,
    fetch,
    load_charities,
    load_folder,
    supplier,
)
from tests.classify.registries import charity_row, write_charities, write_csv
from tests.conftest import MakeEngine

HOSPICE = supplier("THORNBECK HOSPICE")
PERSON = supplier("J Smith")
REJECT = Reject("kafka:payments.v1/0/7", "not JSON", "", b"{")


async def classify_all(engine: AsyncEngine, *suppliers: Supplier) -> set[str]:
    done = await classify_suppliers(engine, await basis_of(engine), suppliers, [], NOW)
    return {one.supplier.payee for one in done.new}


async def test_a_new_supplier_is_kept_and_announced_once(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck Hospice"})
    assert await classify_all(engine, HOSPICE, PERSON) == {"THORNBECK HOSPICE", "J Smith"}
    assert await classify_all(engine, HOSPICE, PERSON) == set()
    hospice, person = await announced(engine)
    assert (str(hospice.supplier_id), hospice.revision) == (HOSPICE.supplier_id, 1)
    assert (hospice.tier, hospice.organisation) == ("auto", "GB-CHC-9000101")
    assert {m.definition for m in hospice.memberships} == {
        "registered-charity",
        "community-interest",
        "ppn-001-vcse",
        "ncvo-general-charity",
    }
    assert (person.tier, person.rule, person.memberships) == ("none", "no-match", ())


async def test_the_same_outcome_whoever_else_is_in_the_batch(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    write_charities(
        tmp_path,
        [
            charity_row("9000101", "Thornbeck Hospice", "removed"),
            *(charity_row(f"90002{n:02}", f"Link {n} Trust", "removed") for n in range(11)),
            charity_row("9000211", "Link 11 Trust"),
        ],
    )
    chain = ["GB-CHC-9000101", *(f"GB-CHC-90002{n:02}" for n in range(12))]
    write_csv(
        tmp_path / "link_charity-reregistrations.csv",
        ("org_id_a", "org_id_b"),
        list(pairwise(chain)),
    )
    await load_folder(engine, tmp_path)
    again = HOSPICE._replace(supplier_id=identify("again"))
    beside = [supplier("Link 4 Trust"), supplier("Link 7 Trust"), supplier("Link 11 Trust")]
    [alone] = (await classify_suppliers(engine, await basis_of(engine), [HOSPICE], [], NOW)).new
    [together, *_] = (
        await classify_suppliers(engine, await basis_of(engine), [again, *beside], [], NOW)
    ).new
    assert together.classification == alone.classification
    assert any("Link 2 Trust" in told for told in together.classification.evidence)
    [membership, *_] = together.classification.memberships
    assert membership.until is None


async def test_a_published_number_is_looked_up_through_links(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    write_charities(tmp_path, [charity_row("9000103", "Lantern Row")])
    write_csv(
        tmp_path / "link_cio-company-numbers.csv",
        ("org_id_a", "org_id_b"),
        [("GB-COH-CE990103", "GB-CHC-9000103")],
    )
    await load_folder(engine, tmp_path)
    await classify_all(
        engine,
        supplier("L ROW", company_number="CE990103"),
        supplier("ARDEN", company_number="09000103"),
    )
    by_company, other = await announced(engine)
    assert (by_company.organisation, by_company.rule) == (
        "GB-CHC-9000103",
        "published-identifier",
    )
    assert other.organisation is None


async def test_what_can_not_be_read_is_kept_once_beside_the_rest(engine_for: MakeEngine) -> None:
    engine = await engine_for("classify")
    for kept in (1, 0):
        done = await classify_suppliers(engine, await basis_of(engine), [PERSON], [REJECT], NOW)
        assert len(done.quarantined) == kept
    [row] = await fetch(engine, "select reason, content from rejects")
    assert tuple(row) == ("not JSON", b"{")


async def test_nothing_stays_of_a_batch_that_fails(
    engine_for: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await engine_for("classify")

    async def crash(*_: object) -> None:
        raise OSError("the process is killed")

    with monkeypatch.context() as patched:
        patched.setattr(module, "announce_suppliers", crash)
        with pytest.raises(OSError, match="killed"):
            await classify_suppliers(engine, await basis_of(engine), [PERSON], [REJECT], NOW)
    assert await fetch(engine, "select 1 from suppliers union all select 1 from rejects") == []
    assert await classify_all(engine, PERSON) == {"J Smith"}


async def test_two_replicas_that_see_a_supplier_at_once_announce_it_once(
    engine_for: MakeEngine,
) -> None:
    engine = await engine_for("classify")
    many = [supplier(f"Payee {n}") for n in range(300)]
    basis = await basis_of(engine)
    found = await asyncio.gather(
        *(
            classify_suppliers(engine, basis, order, [], LATER)
            for order in (many, many[::-1], many[100:], many[:200])
        )
    )
    assert sum(len(done.new) for done in found) == 300
    assert len(await announced(engine)) == 300
