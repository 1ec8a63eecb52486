"""Each fact counts once, whatever comes twice, late or broken."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from services.api.metrics import PAYMENTS_PROJECTED
from services.api.projections.payments import PAYMENTS
from services.api.projections.projection import apply_records
from services.api.projections.suppliers import SUPPLIERS
from services.api.queries.point_reads import PointReads
from services.api.queries.totals import add_up_payments, add_up_spend, read_totals
from services.api.tables import rejects
from services.api.withheld.take_id_key import take_id_key
from shared.database import check_schema, migrate
from shared.errors import Misconfigured, UpgradeNeeded
from shared.events import PaymentAccepted
from tests.api.conftest import Model, record
from tests.api.facts import HOSPICE, ICB, LEEDS, NOW, PERSON, classified, corrected, member, paid
from tests.conftest import MakeEngine
from tests.support.compare_schema import compare_schema

TOPIC = PAYMENTS.topic.name
ACCEPTED = PaymentAccepted.TYPE
_NONE_IN_UTC = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))


async def control_totals(model: Model) -> list[tuple[str, str, int, int]]:
    """As they are kept, once roll-up and payments are seen to agree with them."""
    async with model.engine.connect() as connection:
        totals = await read_totals(connection)
        assert totals == await add_up_spend(connection) == await add_up_payments(connection)
    return [(t.buyer, f"{t.month:%Y-%m}", t.lines, t.pence) for t in totals]


PAYMENT = st.builds(
    lambda n, buyer, payee: paid(
        n,
        7 * n - 50,
        f"2024-0{1 + n % 3}-15",
        buyer=buyer,
        payee=payee,
        place=[None, "Leeds"][n % 2],
    ),
    st.integers(0, 12),
    st.sampled_from([ICB, LEEDS]),
    st.sampled_from([HOSPICE, PERSON]),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(PAYMENT, max_size=15), max_size=5))
async def test_any_interleaving_with_repeats_gives_the_same_totals(
    model: Model, batches: list[list[PaymentAccepted]]
) -> None:
    await model.empty()
    for batch in batches:
        await model.project(*batch)
    once = {payment.payment_id: payment for batch in batches for payment in batch}
    expected: dict[tuple[str, str], tuple[int, int]] = {}
    for payment in once.values():
        key = payment.buyer, f"{payment.payment_date:%Y-%m}"
        lines, pence = expected.get(key, (0, 0))
        expected[key] = lines + 1, pence + payment.amount_pence
    assert await control_totals(model) == sorted((*k, *v) for k, v in expected.items())


async def test_two_consumers_of_the_same_batch_count_it_once(model: Model) -> None:
    batch = [paid(n, n) for n in range(500)]
    await asyncio.gather(*(model.project(*batch[n * 50 :], *batch) for n in range(6)))
    assert await control_totals(model) == [(ICB, "2024-04", 500, sum(range(500)))]


def json_of(**changes: Any) -> bytes:
    return paid(1).model_copy(update=changes).model_dump_json().encode()


@pytest.mark.parametrize(
    ("value", "type_", "reason"),
    [
        (b"nope", ACCEPTED, "not JSON"),
        (b"\xff\xfe", ACCEPTED, "not JSON"),
        (b"{}", ACCEPTED, "payment_id is missing"),
        (json_of(amount_pence=10**13), ACCEPTED, "amount_pence"),
        (json_of(payment_date=date.max), ACCEPTED, "payment_date must be 2100-12-31 or earlier"),
        (json_of(payee="a\x00b"), ACCEPTED, "null byte"),
        (json_of(recorded_at=_NONE_IN_UTC), ACCEPTED, "out of range"),
        (json_of(), "", "the attribute `type` is missing"),
    ],
)
async def test_a_record_that_can_t_be_read_is_kept_and_the_rest_of_its_batch_counts(
    model: Model, value: bytes, type_: str, reason: str
) -> None:
    good = [record(TOPIC, paid(n, 1).model_dump_json().encode(), ACCEPTED, n) for n in range(3)]
    batch = [good[0], record(TOPIC, value, type_, 7), *good[1:], record(TOPIC, None, ACCEPTED, 8)]
    for _ in range(2):
        await apply_records(model.engine, PAYMENTS, batch, NOW)
    assert await control_totals(model) == [(ICB, "2024-04", 3, 3)]
    async with model.engine.connect() as connection:
        [kept] = (await connection.execute(select(rejects))).mappings()
    assert (kept["origin"], kept["content"]) == (f"kafka:{TOPIC}/0/7", value)
    assert reason in kept["reason"]


@pytest.mark.parametrize("changes", [{"evidence": ("a\x00b",)}, {"revision": 2**70}])
async def test_what_the_database_can_t_hold_is_kept_and_the_rest_of_its_batch_counts(
    model: Model, changes: dict[str, Any]
) -> None:
    facts = [classified("ONE"), classified("TWO", **changes), classified("THREE")]
    await model.project(*facts, paid(payee="ONE"))
    async with model.engine.connect() as connection:
        known = set(await connection.scalars(text("select payee from suppliers")))
        [origin] = await connection.scalars(select(rejects.c.origin))
    assert known == {"ONE", "THREE"}
    assert origin == f"kafka:{SUPPLIERS.topic.name}/0/1"


async def test_lanes_that_each_meet_what_can_t_be_held_do_not_wait_for_each_other(
    model: Model,
) -> None:
    bad = json_of(recorded_at=_NONE_IN_UTC)
    lanes = []
    for lane, years in enumerate((range(2010, 2025), range(2024, 2009, -1))):
        own = [
            paid(100 * lane + n, 1, f"{year}-05-01", payee=f"LANE {lane}")
            for n, year in enumerate(years)
        ]
        await model.project(paid(100 * lane + 50, 1, payee=f"LANE {lane}"))
        values = [each.model_dump_json().encode() for each in own]
        batch = [record(TOPIC, each, ACCEPTED, n) for n, each in enumerate([*values, bad])]
        lanes.append([replace(each, partition=lane) for each in batch])
    await asyncio.gather(*(apply_records(model.engine, PAYMENTS, lane, NOW) for lane in lanes))
    assert sum(lines for *_, lines, _ in await control_totals(model)) == 2 * 15 + 2


async def test_lanes_that_correct_each_other_s_payments_do_not_wait_for_each_other(
    model: Model,
) -> None:
    own = [[paid(n, 1, payee=f"LANE {lane}") for n in range(400)] for lane in range(2)]
    moved = [corrected(each, 2, payee=HOSPICE) for payments in own for each in payments]
    lanes = [
        [
            replace(record(TOPIC, each.model_dump_json().encode(), each.TYPE, n), partition=lane)
            for n, each in enumerate([*payments, *moved])
        ]
        for lane, payments in enumerate(own)
    ]
    await asyncio.gather(*(apply_records(model.engine, PAYMENTS, lane, NOW) for lane in lanes))
    assert await control_totals(model) == [(ICB, "2024-04", 800, 1600)]


async def test_a_type_that_a_newer_writer_sends_is_waited_for_and_nothing_is_passed_by(
    model: Model,
) -> None:
    batch = [record(TOPIC, json_of(), ACCEPTED), record(TOPIC, b"{}", "payment.audited.v1", 1)]
    with pytest.raises(UpgradeNeeded, match=r"payment\.audited\.v1 at partition 0, offset 1"):
        await apply_records(model.engine, PAYMENTS, batch, NOW)
    assert await control_totals(model) == []
    async with model.engine.connect() as connection:
        assert list(await connection.execute(select(rejects))) == []


async def test_a_constraint_of_ours_that_a_record_meets_is_not_the_record_s_fault(
    model: Model,
) -> None:
    constraint = "spend add constraint ours check (lines < 0)"
    async with model.engine.begin() as tx:
        await tx.execute(text(f"alter table {constraint}"))
    with pytest.raises(asyncpg.CheckViolationError):
        await apply_records(model.engine, PAYMENTS, [record(TOPIC, json_of(), ACCEPTED)], NOW)
    async with model.engine.begin() as tx:
        await tx.execute(text("alter table spend drop constraint ours"))
        assert (await tx.scalar(text("select count(*) from rejects"))) == 0


async def test_an_error_of_the_infrastructure_is_never_quarantined(model: Model) -> None:
    async with model.engine.begin() as tx:
        await tx.execute(text("alter table spend rename to elsewhere"))
    batch = [record(TOPIC, json_of(), ACCEPTED)]
    with pytest.raises(Exception, match='relation "spend" does not exist'):
        await apply_records(model.engine, PAYMENTS, batch, NOW)
    async with model.engine.begin() as tx:
        await tx.execute(text("alter table elsewhere rename to spend"))
        assert (await tx.scalar(text("select count(*) from payments"))) == 0
        assert (await tx.scalar(text("select count(*) from rejects"))) == 0


def counted() -> dict[str, float]:
    """The payments projected so far, by outcome."""
    [metric] = PAYMENTS_PROJECTED.collect()
    return {s.labels["outcome"]: s.value for s in metric.samples if s.name.endswith("_total")}


async def test_payments_are_counted_once_they_are_committed(model: Model) -> None:
    async def project_and_lose(tx: AsyncConnection, given: Sequence[Any]) -> Any:
        await PAYMENTS.project(tx, list(given))
        raise ConnectionError("the server went away before the commit")

    def payments(*numbers: int) -> list[Any]:
        return [record(TOPIC, paid(n, 1).model_dump_json().encode(), ACCEPTED, n) for n in numbers]

    await apply_records(model.engine, PAYMENTS, payments(1), NOW)
    before = counted()
    lost = replace(PAYMENTS, project=project_and_lose)
    with pytest.raises(ConnectionError):
        await apply_records(model.engine, lost, payments(1, 2, 3), NOW)
    assert counted() == before
    await apply_records(model.engine, PAYMENTS, payments(1, 2, 3), NOW)
    assert counted() == before | {"new": before["new"] + 2, "known": before["known"] + 1}


async def test_migrations_make_the_tables_and_a_stale_schema_is_refused(
    engine_for: MakeEngine, prefix: str
) -> None:
    engine = await engine_for("api")
    async with engine.connect() as connection:
        await connection.run_sync(lambda c: compare_schema("api", f"{prefix}_api", c))
    await check_schema(engine, "api", f"{prefix}_api")
    async with engine.begin() as tx:
        await tx.execute(text("update alembic_version set version_num = '0000'"))
    with pytest.raises(Misconfigured, match=r"python -m services\.api migrate"):
        await check_schema(engine, "api", f"{prefix}_api")
    async with engine.begin() as tx:
        await tx.execute(text("update alembic_version set version_num = '0099'"))
    with capture_logs() as logs:  # a newer version is being rolled out; this one goes on
        await check_schema(engine, "api", f"{prefix}_api")
    assert [log["event"] for log in logs] == ["schema.ahead"]
    for unusable in ("'zero'", "null"):
        async with engine.begin() as tx:
            await tx.execute(text("delete from alembic_version"))
            await tx.execute(
                text(f"insert into alembic_version select {unusable} where {unusable} is not null")
            )
        with pytest.raises(Misconfigured, match="this code needs"):
            await check_schema(engine, "api", f"{prefix}_api")


async def test_a_model_of_before_tables_were_kept_has_them_once_it_is_up_to_date(
    engine_for: MakeEngine, prefix: str
) -> None:
    engine, schema = await engine_for("api"), f"{prefix}_api"
    await take_id_key(engine)
    model = Model(engine, PointReads(engine, 1))
    await model.project(paid(1, 12_34), paid(2, -1_00), paid(3, 5, buyer=LEEDS))
    await model.project(classified(memberships=[member("2024-04-12", None)]))

    async def in_part() -> list[tuple[str, date]]:
        async with engine.connect() as connection:
            found = await connection.execute(
                text("select buyer, month from paid_in_part order by 1")
            )
            return [(buyer, month) for buyer, month in found]

    kept = await control_totals(model), await in_part()
    async with engine.begin() as tx:
        await tx.execute(text("drop table control_totals, paid_in_part"))
        await tx.execute(text("update alembic_version set version_num = '0001'"))
    with pytest.raises(Misconfigured, match=r"python -m services\.api migrate"):
        await check_schema(engine, "api", schema)
    await migrate(engine, "api", schema)
    assert (await control_totals(model), await in_part()) == kept
    assert all(kept)
