"""Payments after an end on the real broker and database: found, told to the buyer, taken back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.addresses import Addresses
from services.notify.after_end.sweep_payments import Sweep, sweep_payments
from services.notify.telling.record_suppliers import record_suppliers
from shared.database import begin, driver
from shared.envelope import kafka_headers
from shared.identity import identify, partition_key
from shared.kafka.producer import open_producer, send_batches
from shared.locks import Lock
from shared.topics import PAYMENTS, create_topics
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, PROVIDER, SUPPLIER, classified, ended, registered
from tests.notify.receiver import Receiver
from tests.support.suppliers import supplier_id

# Long ago, so that records written whenever this runs are written after it.
END = date(2020, 3, 31)
NOON = datetime(2020, 8, 3, 12, tzinfo=UTC)
OTHER_NAME = supplier_id("Hollybank Hospice Ltd")
ALARM = "paid-after-end"


@dataclass
class Finance:
    """A desk with a ledger: what it pays stands on payments.v1."""

    desk: Desk
    producer: AIOKafkaProducer
    sweep: Sweep

    async def pay(self, number: int, paid_on: date, pence: int, **changes: Any) -> None:
        fact = {
            "payment_id": identify("payment", str(number)),
            "buyer": BUYER,
            "supplier_id": SUPPLIER,
            "payee": PROVIDER,
            "payment_date": paid_on.isoformat(),
            "amount_pence": pence,
            "recorded_at": NOON.isoformat(),
        }
        await self._send("payment.accepted.v1", fact | changes)

    async def correct(self, number: int, paid_on: date, pence: int, **changes: Any) -> None:
        again = {"revision": 1, "why": "officer", "replaced": None} | changes
        fact = {"payment_id": identify("payment", str(number)), "buyer": BUYER}
        fact |= {"supplier_id": SUPPLIER, "payment_date": paid_on.isoformat()}
        await self._send("payment.corrected.v1", fact | {"amount_pence": pence} | again)

    async def _send(self, kind: str, fact: dict[str, Any]) -> None:
        key = partition_key(fact.pop("key", fact["supplier_id"]))
        topic = self.sweep.prefix + PAYMENTS.name
        record = (key, orjson.dumps(fact), list(kafka_headers(kind, "/ingest", NOON)))
        await asyncio.gather(*await send_batches(self.producer, topic, [record]))

    async def look(self, *, days: int = 1) -> list[str]:
        """Look through payments `days` later; what is raised then."""
        self.desk.now += timedelta(days=days)
        await self.sweep_now()
        return await self.raised()

    async def raised(self) -> list[str]:
        """What is raised, but for what is asked of an agreement that is over when it is known."""
        facts = (await self.desk.raise_due()).facts
        return [one.kind for one in facts if one.kind != "over"]

    async def sweep_now(self) -> None:
        desk = self.desk
        await sweep_payments(desk.engine, self.sweep, desk.clock, desk.now.date)

    async def alarms(self) -> list[tuple[str, str]]:
        rows = await self.desk.rows(
            "select state, split_part(rule, ';', 1) from obligations"
            f" where kind = '{ALARM}' order by due_on"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
async def finance(desk: Desk, stack: Addresses, prefix: str) -> AsyncIterator[Finance]:
    await create_topics(stack.kafka, [PAYMENTS], prefix=prefix)
    producer = open_producer(stack.kafka)
    await producer.start()
    desk.now = NOON
    yield Finance(desk, producer, Sweep(stack.kafka, prefix, timedelta(hours=20), 30.0))
    await producer.stop()


async def test_the_buyer_alone_is_told_once_and_again_when_the_pounds_have_doubled(
    finance: Finance, receiver: Receiver
) -> None:
    desk = finance.desk
    await desk.match()
    await desk.subscribe(receiver.url + "/buyer", BUYER)
    await desk.subscribe(receiver.url + "/provider")
    await desk.tell(registered(start=date(2018, 4, 1), end=END))
    await desk.raise_due()
    await finance.pay(1, date(2020, 4, 20), 90_000)  # an invoice paid late
    await finance.pay(2, date(2020, 6, 1), 100_000)
    await finance.pay(3, date(2020, 7, 1), 50_000)
    await finance.pay(4, date(2020, 7, 1), 70_000, buyer="GB-LAE-BRD")
    await finance.pay(5, date(2020, 7, 1), 70_000, supplier_id=supplier_id("Another Hospice"))
    assert await finance.look() == [ALARM]
    said = "2 payments, £1,500.00 in all, dated 1 June 2020 to 1 July 2020"
    assert await finance.alarms() == [("raised", said)]
    await desk.deliver()
    _, told = receiver.requests  # the first asks what became of it
    assert told.path.endswith("/buyer")
    assert told.event["data"]["kind"] == ALARM
    assert told.event["data"]["end"] == "2020-03-31"
    await finance.pay(6, date(2020, 8, 3), 50_000)
    assert await finance.look() == []  # more, but neither doubled nor a quarter later
    assert (await finance.alarms())[0][1].startswith("3 payments, £2,000.00 in all")
    await finance.pay(7, date(2020, 8, 4), 100_000)
    assert await finance.look() == [ALARM]
    assert [state for state, _ in await finance.alarms()] == ["closed", "raised"]
    assert "notice.withdrawn.v1" not in await desk.published_types()
    assert await finance.look(days=300) == []  # over a year after the end: nothing is watched
    assert [state for state, _ in await finance.alarms()] == ["closed", "closed"]
    assert [row.count for row in await desk.rows("select count(*) from watches")] == [0]


async def test_an_agreement_registered_for_those_days_takes_it_back_at_once(
    finance: Finance, receiver: Receiver
) -> None:
    desk = finance.desk
    await desk.subscribe(receiver.url, BUYER)
    # The end is recorded: the agreement ran its course, which makes the alarm no truer.
    await desk.tell(registered(start=date(2018, 4, 1), end=END), ended(on=END))
    await finance.pay(1, date(2020, 6, 1), 100_000)
    assert await finance.look() == [ALARM]
    await desk.deliver()
    await desk.tell(registered("LCC/2", start=date(2020, 4, 1), end=date(2023, 3, 31)))
    await finance.sweep_now()  # within the day: payments are not read, what is known is
    await desk.deliver()
    assert [state for state, _ in await finance.alarms()] == ["withdrawn"]
    assert receiver.types[:2] == ["obligation.raised.v1", "notice.withdrawn.v1"]
    # That one is recorded by mistake: it was for another provider.
    await desk.tell(ended("LCC/2", on=date(2020, 4, 1)))
    assert await finance.look() == [ALARM]


async def test_corrections_restate_what_was_found(finance: Finance) -> None:
    desk = finance.desk
    await desk.tell(registered(start=date(2018, 4, 1), end=END))
    await finance.pay(1, date(2020, 6, 1), 100_000)
    await finance.pay(2, date(2020, 6, 2), 100_000)
    await finance.pay(3, date(2020, 3, 1), 10_000)
    await finance.look()
    await finance.correct(1, date(2020, 6, 1), 60_000)
    await finance.correct(2, date(2020, 6, 2), 1, supplier_id=OTHER_NAME, key=SUPPLIER)
    await finance.correct(3, date(2020, 6, 3), 10_000)
    assert await finance.look() == []
    assert (await finance.alarms())[0][1].startswith("2 payments, £700.00 in all")
    await finance.correct(1, date(2020, 6, 1), 60_000, revision=2, withdrawn=True)
    await finance.correct(3, date(2020, 3, 1), 10_000, revision=2)
    await finance.look()
    assert [state for state, _ in await finance.alarms()] == ["withdrawn"]
    await finance.pay(1, date(2020, 6, 1), 100_000)  # published twice
    assert await finance.look() == []
    assert [state for state, _ in await finance.alarms()] == ["withdrawn"]


async def test_payments_to_the_same_organisation_by_another_name_count_once_it_is_known(
    finance: Finance,
) -> None:
    desk = finance.desk
    await desk.match()
    await desk.tell(registered(start=date(2018, 4, 1), end=END))
    await finance.pay(1, date(2020, 6, 1), 100_000, supplier_id=OTHER_NAME)
    assert await finance.look() == []
    await match_other_name(desk)
    assert await finance.look(days=0) == [ALARM]
    await match_other_name(desk, "GB-CHC-1000001", 2)
    await finance.look(days=0)
    assert [state for state, _ in await finance.alarms()] == ["withdrawn"]


async def test_a_turn_that_is_cut_off_goes_on_where_it_stopped_and_replicas_take_turns(
    finance: Finance, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = finance.desk
    await desk.tell(registered(start=date(2018, 4, 1), end=END))
    for number in range(6):
        await finance.pay(number, date(2020, 6, 1 + number), 100)
    monkeypatch.setattr("services.notify.after_end.read_topic._AT_ONCE", 2)
    whole, finance.sweep = finance.sweep, replace(finance.sweep, turn_seconds=1e-9)
    turns = 0
    done = "select read_at from watches where read_at is not null"
    while not await desk.rows(done) and turns < 10:
        assert await finance.alarms() == []
        await finance.sweep_now()
        turns += 1
    assert 1 < turns < 10
    assert await finance.raised() == [ALARM]
    finance.sweep = whole
    assert (await finance.alarms())[0][1].startswith("6 payments, £6.00 in all")
    async with begin(desk.engine) as tx:
        await (await driver(tx)).execute(
            "select pg_advisory_xact_lock($1::int, hashtext(current_schema()))",
            Lock.SWEEPING_PAYMENTS,
        )
        await finance.pay(7, date(2020, 7, 1), 1_000)
        assert await finance.look() == []
    assert await finance.look(days=0) == [ALARM]
    await desk.rows_written("delete from watches")  # as operations tell: look again
    assert await finance.look(days=0) == []
    assert [state for state, _ in await finance.alarms()] == ["closed", "raised"]


async def match_other_name(
    desk: Desk, organisation: str = "GB-CHC-1999999", revision: int = 1
) -> None:
    facts = [classified(organisation, revision, OTHER_NAME)]
    await record_suppliers(desk.engine, facts, [], desk.now.date(), desk.now)
