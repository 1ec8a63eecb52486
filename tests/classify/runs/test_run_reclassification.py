"""Runs on the real broker and database: what they move is what moves in `api`, to the penny."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import date
from functools import partial
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.api.asked.question import Question
from services.api.projections.payments import PAYMENTS as PROJECTED_PAYMENTS
from services.api.projections.projection import apply_records
from services.api.projections.suppliers import SUPPLIERS as PROJECTED_SUPPLIERS
from services.api.queries.spend import read_spend
from services.classify.classify_suppliers import classify_suppliers
from services.classify.organisation import Name, Organisation
from services.classify.pounds.paid import Paid, paid_by, read_payment
from services.classify.pounds.read_payments import Passed, payments_topic
from services.classify.queries.editions import begin_edition, copy_edition, finish_edition
from services.classify.queries.registers import LoadedRegister
from services.classify.queries.runs import Run, list_runs
from services.classify.registers.load_registers import borne_names
from services.classify.registers.reading.contents import Contents
from services.classify.runs.moved import Move
from services.classify.runs.run_reclassification import (
    Totals,
    preview_reclassification,
    run_reclassification,
)
from services.classify.sighting import sight_payments
from shared.database import begin, driver, raw_connection
from shared.events import PaymentAccepted, SupplierClassified
from shared.topics import PAYMENTS, create_topics
from tests.classify.database import DEFINITIONS, LATER, NOW, announced, basis_of, fetch
from tests.classify.pounds.test_pounds import published
from tests.classify.registries import LIST, charity
from tests.classify.test_service import send
from tests.classify.test_sighting import record, spoilt
from tests.conftest import MakeEngine

LEEDS, BRADFORD = "GB-LAE-LDS", "GB-LAE-BRD"
STANDING = [
    charity("9000101", "Thornbeck Hospice", registered_on=date(1990, 1, 1)),
    charity("9000102", "Harrowfell Hall"),
]
NEWER = [
    STANDING[0]._replace(removed_on=date(2015, 6, 30)),
    charity("9000103", "Lantern Row", registered_on=date(2015, 1, 1)),
]


async def put_in_force(engine: AsyncEngine, organisations: Sequence[Organisation]) -> None:
    """Replace the register whole."""
    names = [Name(o.key, o.name, "current") for o in organisations]
    contents = Contents(None, list(organisations), names)
    loaded = LoadedRegister(
        *(LIST, "List of charities", "a file", date(2021, 12, 31), NOW),
        organisations=len(organisations),
        names=len(names),
        links=0,
        left_out=0,
        companies=0,
        no_longer_listed=0,
        left_out_examples=[],
    )
    async with begin(engine) as tx:
        connection = await driver(tx)
        await begin_edition(connection, LIST)
        await copy_edition(connection, LIST, organisations, borne_names(LIST, contents), [])
        await finish_edition(connection, loaded)


def paid(number: int, payee: str, day: date, pence: int, buyer: str = LEEDS) -> Any:
    made = published(1, number, number, pence, payee)
    fact = PaymentAccepted.model_validate_json(made.value)
    changed = fact.model_copy(update={"payment_date": day, "buyer": buyer})
    made.value = changed.model_dump_json().encode()
    return made


RECORDS = [
    paid(n, payee, date(year, month, 15), 100 * n + 1, buyer)
    for n, (payee, year, month, buyer) in enumerate(
        (payee, year, month, buyer)
        for payee in ("Thornbeck Hospice", "Harrowfell Hall", "Lantern Row", "J Smith")
        for year in (2014, 2015, 2016)
        for month in (6, 7)
        for buyer in (LEEDS, BRADFORD)
    )
]


async def project_suppliers(api: AsyncEngine, facts: Sequence[SupplierClassified]) -> None:
    records = [
        record(fact.TYPE, fact.model_dump_json().encode(), b"12345678", n)
        for n, fact in enumerate(facts)
    ]
    await apply_records(api, PROJECTED_SUPPLIERS, records, NOW)


Pence = dict[tuple[str, str], int]
"""By buyer and definition."""


async def pence_in_api(api: AsyncEngine) -> Pence:
    names = tuple(definition.name for definition in DEFINITIONS)
    async with api.connect() as connection:
        rows = await read_spend(connection, Question(group_by=("buyer",), definitions=names))
    return {
        (row.group["buyer"], name): counted.pence
        for row in rows
        for name, counted in zip(names, row.counted, strict=True)
    }


def difference(moves: Sequence[Move]) -> Pence:
    found: Pence = {}
    for move in moves:
        if move.what != "tier":
            key = (move.buyer, move.what)
            sign = 1 if move.after == "counts" else -1
            found[key] = found.get(key, 0) + sign * move.pence
    return found


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    """Suppliers as the earlier register says."""
    made = await engine_for("classify")
    await put_in_force(made, STANDING)
    suppliers, _ = sight_payments(RECORDS, set())
    await classify_suppliers(made, await basis_of(made), suppliers, [], NOW)
    return made


async def runs(engine: AsyncEngine) -> list[Run]:
    async with engine.connect() as connection:
        return await list_runs(await raw_connection(connection), None, 100)


async def test_what_moves_is_the_difference_of_the_totals_before_and_after(
    engine: AsyncEngine, engine_for: MakeEngine, stack: Addresses, prefix: str
) -> None:
    api = await engine_for("api")
    await apply_records(api, PROJECTED_PAYMENTS, RECORDS, NOW)
    await project_suppliers(api, await announced(engine))
    await create_topics(stack.kafka, [PAYMENTS], prefix=prefix)
    # The relay published some of them twice, and one record can't be read.
    await send(stack, prefix + PAYMENTS.name, *RECORDS[:9], spoilt("Harrowfell Hall"), *RECORDS[4:])
    payments_of = payments_topic(stack.kafka, prefix)
    before = await pence_in_api(api)

    await put_in_force(engine, NEWER)
    async with engine.connect() as connection:
        preview = await preview_reclassification(
            await raw_connection(connection), await basis_of(engine), payments_of
        )
    assert await announced(engine) == []
    assert await runs(engine) == []

    done = await run_reclassification(
        engine, partial(basis_of, engine), payments_of, "a newer register", "officer", lambda: LATER
    )
    assert done == preview
    assert (done.suppliers, done.changed) == (4, 3)
    facts = await announced(engine)
    assert {(f.payee, f.revision) for f in facts} == {
        ("Thornbeck Hospice", 2),
        ("Harrowfell Hall", 2),
        ("Lantern Row", 2),
    }
    await project_suppliers(api, facts)
    after = await pence_in_api(api)
    moved = difference(done.moves)
    assert {key: after[key] - before[key] for key in before} == moved
    assert len(moved) == 2 * len(DEFINITIONS)
    assert all(moved.values())

    thornbeck = [
        pence
        for r in RECORDS
        for fact in [PaymentAccepted.model_validate_json(r.value)]
        for pence in [fact.amount_pence]
        if fact.payee == "Thornbeck Hospice"
        and fact.payment_date > date(2015, 6, 30)
        and fact.buyer == LEEDS
    ]
    [lost] = [
        m
        for m in done.moves
        if (m.buyer, m.what, m.before) == (LEEDS, "registered-charity", "counts")
    ]
    hall = sum(
        fact.amount_pence
        for r in RECORDS
        for fact in [PaymentAccepted.model_validate_json(r.value)]
        if fact.payee == "Harrowfell Hall" and fact.buyer == LEEDS
    )
    assert (lost.suppliers, lost.pence) == (2, sum(thornbeck) + hall)

    again = await run_reclassification(
        engine, partial(basis_of, engine), payments_of, "once more", "officer", lambda: LATER
    )
    assert again == Totals(4, 0, 0, [])
    last, first = await runs(engine)
    assert (last.cause, last.changed, last.moves) == ("once more", 0, [])
    assert (first.cause, first.started_by, first.finished_at) == (
        *("a newer register", "officer"),
        LATER,
    )
    assert (first.suppliers, first.changed, first.moves) == (4, 3, done.moves)
    assert first.editions["registers"] == {LIST: "2021-12-31"}
    assert {d.name for d in DEFINITIONS} < set(first.editions["definitions"])
    assert date.fromisoformat(first.editions["fitted"])


async def test_a_renamed_charity_takes_its_pounds_from_the_old_name_to_the_new(
    engine: AsyncEngine, engine_for: MakeEngine
) -> None:
    api = await engine_for("api")
    records = [
        paid(n, payee, date(2015, 6, 15), 100 * n + 1)
        for n, payee in enumerate(("Beck Weavers", "Beck Weavers", "Millbrook Arts"), 100)
    ]

    async def payments_of(_: Collection[str], __: Passed) -> AsyncGenerator[Paid]:
        for each in records:
            for line in paid_by(read_payment(each), each.key):
                yield line

    await put_in_force(engine, [*STANDING, charity("9000104", "Beck Weavers")])
    suppliers, _ = sight_payments(records, set())
    await classify_suppliers(engine, await basis_of(engine), suppliers, [], NOW)
    await apply_records(api, PROJECTED_PAYMENTS, records, NOW)
    await project_suppliers(api, await announced(engine))
    before = await pence_in_api(api)

    await put_in_force(engine, [*STANDING, charity("9000104", "Millbrook Arts")])
    async with engine.connect() as connection:
        foretold = await preview_reclassification(
            await raw_connection(connection), await basis_of(engine), payments_of
        )
    done = await run_reclassification(
        engine, partial(basis_of, engine), payments_of, "renamed", "officer", lambda: LATER
    )
    assert done == foretold
    facts = await announced(engine)
    assert {fact.payee for fact in facts} == {"Beck Weavers", "Millbrook Arts"}
    await project_suppliers(api, facts)
    after = await pence_in_api(api)
    assert {key: after[key] - before[key] for key in before} == difference(done.moves)
    key = (LEEDS, "registered-charity")
    assert (before[key], after[key]) == (10_001 + 10_101, 10_201)


async def from_memory(supplier_ids: Collection[str], _: Passed) -> AsyncGenerator[Paid]:
    for each in RECORDS:
        for line in paid_by(read_payment(each), each.key):
            if line.supplier_id in supplier_ids:
                yield line


async def out_of_reach(supplier_ids: Collection[str], watch: Passed) -> AsyncGenerator[Paid]:
    async for payment in from_memory(supplier_ids, watch):
        yield payment
        raise KafkaConnectionError("the broker went away")


async def test_an_interrupted_run_is_taken_up_and_its_totals_are_those_of_both(
    engine: AsyncEngine,
) -> None:
    await put_in_force(engine, NEWER)
    async with engine.connect() as connection:
        expected = await preview_reclassification(
            await raw_connection(connection), await basis_of(engine), from_memory
        )
    await announced(engine)
    with pytest.raises(KafkaConnectionError):
        await run_reclassification(
            engine,
            partial(basis_of, engine),
            out_of_reach,
            "a newer register",
            "officer",
            lambda: LATER,
        )
    [interrupted] = await runs(engine)
    assert (interrupted.finished_at, interrupted.moves) == (None, None)
    assert len(await announced(engine)) == 3

    done = await run_reclassification(
        engine, partial(basis_of, engine), from_memory, "run again", "another", lambda: LATER
    )
    assert (done.changed, done.moves) == (expected.changed, expected.moves)
    assert await announced(engine) == []
    [run] = await runs(engine)
    assert (run.cause, run.moves) == ("a newer register; run again", done.moves)
    assert await fetch(engine, "select * from run_changes") == []


async def test_what_moved_there_and_back_before_the_run_was_taken_up_moved_nothing(
    engine: AsyncEngine,
) -> None:
    await put_in_force(engine, NEWER)
    with pytest.raises(KafkaConnectionError):
        await run_reclassification(
            engine, partial(basis_of, engine), out_of_reach, "1", "o", lambda: LATER
        )
    await put_in_force(engine, STANDING)
    done = await run_reclassification(
        engine, partial(basis_of, engine), from_memory, "2", "o", lambda: LATER
    )
    assert done.moves == []


async def test_runs_at_once_wait_for_each_other_and_move_each_pound_once(
    engine: AsyncEngine,
) -> None:
    await put_in_force(engine, NEWER)
    both = await asyncio.gather(
        *(
            run_reclassification(
                engine, partial(basis_of, engine), from_memory, name, "o", lambda: LATER
            )
            for name in ("one", "two")
        )
    )
    assert sorted(done.changed for done in both) == [0, 3]
    assert sorted(bool(done.moves) for done in both) == [False, True]
    assert len(await runs(engine)) == 2
