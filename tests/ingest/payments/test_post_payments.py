"""Payments are recorded exactly once, with exactly the events that follow, whatever is repeated."""

import asyncio
import json
from collections.abc import Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.arrivals.batch import Batch, read_batch
from services.ingest.payments.payment import Payment, read_payment
from services.ingest.payments.post_payments import Posted, post_payments, record_payments
from services.ingest.queries.ledger import insert_payments
from shared.database import begin
from shared.envelope import Envelope
from shared.errors import Rejected
from shared.identity import identify, partition_key
from shared.inbox import Reject
from tests.ingest.said import (
    LEDGER,
    NOW,
    buyers_of,
    outbox_of,
    payment,
    published_data,
    rows_of,
)
from tests.support.waiting import eventually

Sent = tuple[str, dict[str, Any]]
_numbers = count()


async def post(engine: AsyncEngine, sent: Sequence[Sent], source: str = LEDGER) -> Posted:
    buyers = await buyers_of(engine)
    return await post_payments(engine, await batch_of(engine, sent, source), buyers, NOW)


async def batch_of(
    engine: AsyncEngine, sent: Sequence[Sent], source: str = LEDGER
) -> Batch[Payment]:
    buyers = await buyers_of(engine)
    batch = next(_numbers)

    def read(row: tuple[int, Sent]) -> Payment:
        data = json.dumps(row[1][1]).encode()
        return read_payment(Envelope(row[1][0], source, "payment.posted.v1", data), buyers, NOW)

    def refuse(row: tuple[int, Sent], error: Rejected) -> Reject:
        return Reject(f"test:{batch}/{row[0]}", error.reason, error.field, b"")

    return read_batch(list(enumerate(sent)), read, refuse)


def outcome(posted: Posted) -> tuple[int, int, int]:
    return len(posted.accepted), len(posted.already_known), len(posted.rejects)


async def test_a_payment_stands_in_the_ledger_and_is_published(engine: AsyncEngine) -> None:
    posted = await post(engine, [("1", payment())])
    assert outcome(posted) == (1, 0, 0)
    [row] = await rows_of(engine, "select * from payments")
    assert (row.buyer, row.payee, row.amount_pence) == ("GB-LAE-LDS", "Leeds Mind", 125_000)
    assert (row.place, row.source, row.source_id) == ("Leeds", LEDGER, "1")
    [(topic, event_id, key, headers, data)] = await outbox_of(engine)
    assert (topic, headers["ce_type"]) == ("payments.v1", b"payment.accepted.v1")
    assert event_id == str(row.payment_id) == identify("payment", "GB-LAE-LDS", LEDGER, "1")
    assert key == partition_key(str(row.supplier_id))
    assert json.loads(data)["recorded_at"] == NOW.isoformat()


async def test_the_same_id_with_other_content_is_rejected_within_a_batch(
    engine: AsyncEngine,
) -> None:
    posted = await post(engine, [("1", payment()), ("1", payment()), ("1", payment(payee="X"))])
    assert outcome(posted) == (1, 1, 1)
    [reject] = posted.rejects
    assert (reject.field, reject.origin.endswith("/2")) == ("payee", True)
    assert "the same source and id but another payee" in reject.reason


async def test_the_same_id_with_other_content_is_rejected_across_batches(
    engine: AsyncEngine,
) -> None:
    await post(engine, [("1", payment())])
    changed = payment(amount_pence=1)
    posted = await post(engine, [("1", changed), ("2", payment()), ("1", changed)])
    assert outcome(posted) == (1, 0, 2)
    assert {reject.field for reject in posted.rejects} == {"amount_pence"}
    [kept] = await rows_of(
        engine,
        "select amount_pence from payments where payment_id = :id",
        id=identify("payment", "GB-LAE-LDS", LEDGER, "1"),
    )
    assert kept.amount_pence == 125_000
    assert len(await rows_of(engine, "select * from rejects")) == 2


async def test_no_buyer_can_use_up_the_ids_of_another(engine: AsyncEngine) -> None:
    await post(engine, [("1", payment(buyer="GB-LAE-CLD", amount_pence=1))])
    assert outcome(await post(engine, [("1", payment())])) == (1, 0, 0)


async def test_one_bad_payment_harms_no_other(engine: AsyncEngine) -> None:
    posted = await post(engine, [("1", payment()), ("2", payment(payee="")), ("3", payment())])
    assert outcome(posted) == (2, 0, 1)
    assert len(await published_data(engine, "payments.v1")) == 2


async def _record_and_crash(engine: AsyncEngine) -> None:
    batch = await batch_of(engine, [("1", payment()), ("2", payment(payee=""))])
    async with begin(engine) as tx:
        await record_payments(tx, batch, await buyers_of(engine), NOW)
        raise OSError("crash before the commit")


async def test_a_crash_before_the_commit_leaves_nothing(engine: AsyncEngine) -> None:
    with pytest.raises(OSError, match="crash"):
        await _record_and_crash(engine)
    for table in ("payments", "rejects", "outbox"):
        assert await rows_of(engine, f"select * from {table}") == []


async def test_batches_that_share_payments_at_the_same_time_count_each_once(
    engine: AsyncEngine,
) -> None:
    ids = [str(number) for number in range(400)]
    orders = [ids, ids[::-1], ids[200:] + ids[:200], ids[100:300]]
    posted = await asyncio.gather(
        *(post(engine, [(each, payment()) for each in order]) for order in orders)
    )
    assert sum(len(each.accepted) for each in posted) == 400
    assert sum(len(each.already_known) for each in posted) == 3 * 400 + 200 - 400
    assert sum(len(each.rejects) for each in posted) == 0
    events = await published_data(engine, "payments.v1")
    assert len(events) == len({each["payment_id"] for each in events}) == 400


@pytest.mark.parametrize("before", [range(1000), range(990, 1010), range(500, 501)])
async def test_of_a_large_batch_that_is_known_in_part_the_rest_is_accepted(
    engine: AsyncEngine, before: range
) -> None:
    await post(engine, [(str(number), payment()) for number in before])
    known = len(set(before) & set(range(1000)))
    sent = [(str(number), payment()) for number in range(1000)]
    assert outcome(await post(engine, sent)) == (1000 - known, known, 0)
    changed = [(str(number), payment(payee="Another")) for number in range(1000)]
    assert outcome(await post(engine, changed)) == (0, 0, 1000)
    ids = {each["payment_id"] for each in await published_data(engine, "payments.v1")}
    assert len(ids) == len(set(before) | set(range(1000)))


async def test_batches_that_share_payments_in_other_orders_never_wait_in_a_ring(
    engine: AsyncEngine,
) -> None:
    names = sorted(
        ("1", "2", "3"), key=lambda name: identify("payment", "GB-LAE-LDS", LEDGER, name)
    )
    sent = [(name, payment()) for name in names]

    async def both_wait() -> bool:
        [(waiting,)] = await rows_of(
            engine, "select count(*) from pg_locks where not granted and locktype = 'transactionid'"
        )
        return bool(waiting >= 2)

    async with engine.connect() as holder:
        await holder.execute(text("select 1"))
        middle = await batch_of(engine, sent[1:2])
        await insert_payments(holder, middle.facts)
        posting = [
            asyncio.ensure_future(post(engine, sent)),
            asyncio.ensure_future(post(engine, sent[::-1])),
        ]
        await eventually(both_wait)
        await holder.rollback()
    posted = await asyncio.gather(*posting)
    assert sorted(outcome(each) for each in posted) == [(0, 3, 0), (3, 0, 0)]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(st.integers(0, 12), max_size=12), max_size=6))
async def test_the_ledger_holds_each_distinct_payment_once(
    engine: AsyncEngine, batches: list[list[int]]
) -> None:
    source = f"{LEDGER}/{next(_numbers)}"
    before = len(await published_data(engine, "payments.v1"))
    seen: set[int] = set()
    for batch in batches:
        sent = [(str(number), payment(amount_pence=number)) for number in batch]
        posted = await post(engine, sent, source)
        new = set(batch) - seen
        assert outcome(posted) == (len(new), len(batch) - len(new), 0)
        seen |= new
    ledger = await rows_of(
        engine, "select payment_id, amount_pence from payments where source = :s", s=source
    )
    assert sorted(row.amount_pence for row in ledger) == sorted(seen)
    events = (await published_data(engine, "payments.v1"))[before:]
    assert sorted(each["payment_id"] for each in events) == sorted(
        str(row.payment_id) for row in ledger
    )
