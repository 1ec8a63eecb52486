"""Kafka in, on the real broker: what is good is recorded, what is bad is kept with its reason."""

import json
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.main import Settings
from shared.identity import identify
from shared.service import Service
from shared.topics import (
    FINANCE_AGREEMENTS,
    FINANCE_PAYMENTS,
    FINANCE_PAYMENTS_DLQ,
    LARGEST_RECORD,
    PAYMENTS,
)
from tests.ingest.bad_payments import CONTENT, RECORDS, data
from tests.ingest.said import CONTACTS_OF_THE_HOSPICE, binary, event, payment, rows_of, terms
from tests.support.waiting import eventually

Record = tuple[list[tuple[str, bytes]], bytes | None]


async def send(settings: Settings, topic: str, *records: Record) -> None:
    """Publish records on one partition, as a buyer with one key does."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka, max_request_size=LARGEST_RECORD, linger_ms=20
    )
    await producer.start()
    try:
        for headers, value in records:
            await producer.send(
                settings.topic_prefix + topic, value, b"GB-LAE-LDS", headers=headers
            )
        await producer.flush()
    finally:
        await producer.stop()


async def received(settings: Settings, topic: str, most: int) -> list[ConsumerRecord]:
    """The records of a topic once there are that many."""
    consumer = AIOKafkaConsumer(
        settings.topic_prefix + topic,
        bootstrap_servers=settings.kafka,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=LARGEST_RECORD,
    )
    found: list[ConsumerRecord] = []

    async def all_there() -> bool:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            found.extend(records)
        return len(found) >= most

    await consumer.start()
    try:
        await eventually(all_there)
    finally:
        await consumer.stop()
    return found


async def count(engine: AsyncEngine, table: str) -> int:
    [(rows,)] = await rows_of(engine, f"select count(*) from {table}")
    return int(rows)


async def test_each_bad_record_is_kept_with_its_reason_and_harms_no_other(
    running: Service, settings: Settings, engine: AsyncEngine
) -> None:
    bad = CONTENT | RECORDS
    good: list[Record] = [(binary(f"good-{n}"), data(amount_pence=n)) for n in range(len(bad))]
    mixed = [each for n, one in enumerate(bad.values()) for each in (good[n], one[:2])]
    structured = [("content-type", b"application/cloudevents+json")]
    mixed.append((structured, json.dumps(event("structured", payment())).encode()))
    mixed.append((binary("good-1"), data(amount_pence=99)))  # the same id, other content
    mixed.append((binary("good-2"), data(amount_pence=2)))  # the same again
    await send(settings, FINANCE_PAYMENTS.name, *mixed)

    async def done() -> bool:
        kept = await count(engine, "rejects") == len(bad) + 1
        return kept and await count(engine, "payments") == len(good) + 1

    await eventually(done, within=40)

    rejects = await rows_of(engine, "select * from rejects order by seq")
    by_content = {bytes(row.content): row for row in rejects}
    for name, one in bad.items():
        rows = [row for row in rejects if bytes(row.content) == (one.value or b"")]
        assert any(one.reason in row.reason and one.field == row.field for row in rows), name
    assert by_content[data(amount_pence=99)].field == "amount_pence"
    assert by_content[data(buyer="GB-LAE-XXX")].buyer == "GB-LAE-XXX"
    assert by_content[b"nope"].buyer == "GB-LAE-LDS"  # by the record's key

    letters = await received(settings, FINANCE_PAYMENTS_DLQ.name, len(rejects))
    assert len(letters) == len(rejects)
    by_id = {row.reject_id: row for row in rejects}
    for letter in letters:
        headers = dict(letter.headers)
        row = by_id[headers["reject_id"].decode()]
        assert letter.value == bytes(row.content)
        assert headers["reject_reason"].decode() == row.reason
        place = "/".join(
            headers[f"source_{name}"].decode() for name in ("topic", "partition", "offset")
        )
        assert row.origin == f"kafka:{place}"
    [not_json] = [each for each in letters if each.value == b"nope"]
    assert dict(not_json.headers)["original_ce_id"] == b"18"

    accepted = await received(settings, PAYMENTS.name, len(good) + 1)
    assert {dict(each.headers)["ce_id"].decode() for each in accepted} == {
        str(row.payment_id) for row in await rows_of(engine, "select payment_id from payments")
    }


async def test_an_id_sent_again_with_other_content_is_quarantined_across_batches(
    running: Service, settings: Settings, engine: AsyncEngine
) -> None:
    async def holds(payments: int, rejects: int) -> bool:
        counts = await count(engine, "payments"), await count(engine, "rejects")
        return counts == (payments, rejects)

    await send(settings, FINANCE_PAYMENTS.name, (binary("1"), data()))
    await eventually(lambda: holds(1, 0))
    await send(
        settings,
        FINANCE_PAYMENTS.name,
        (binary("1"), data()),
        (binary("1"), data(payee="Other")),
        (binary("2"), data()),
    )
    await eventually(lambda: holds(2, 1))
    [row] = await rows_of(engine, "select * from payments where source_id = '1'")
    assert (str(row.payment_id), row.payee) == (
        identify("payment", "GB-LAE-LDS", "/finance/ledger", "1"),
        "Leeds Mind",
    )


async def test_agreements_come_by_kafka_too(
    running: Service, settings: Settings, engine: AsyncEngine
) -> None:
    def said(event_id: str, kind: str, **changes: Any) -> Record:
        body = terms(**changes)
        return binary(event_id, kind), json.dumps(body).encode()

    large = said("5", "agreement.registered.v1", title="x" * 1_100_000)
    end = {"buyer": "GB-NHS-QWO", "reference": "WY-042", "ended_on": "2026-03-31"}
    await send(
        settings,
        FINANCE_AGREEMENTS.name,
        said("1", "agreement.registered.v1"),
        said("2", "agreement.registered.v1", reference="WY-043", end="2020-01-01"),
        (binary("3", "agreement.ended.v1"), json.dumps(end).encode()),
        said("4", "payment.posted.v1"),
        large,
        (binary("6", "agreement.registered.v1"), None),
        said("7", "agreement.varied.v1", reference="WY-044", effective_on="2025-04-01"),
        (binary("8", "contacts.named.v1"), json.dumps(CONTACTS_OF_THE_HOSPICE).encode()),
    )

    async def done() -> bool:
        kept = await count(engine, "rejects") == 4
        return kept and await count(engine, "agreement_facts") == 4

    await eventually(done)
    reasons = await rows_of(engine, "select reason from rejects order by origin")
    for words in ("end is before start", "not taken here", "1,048,576 bytes", "tombstone"):
        assert any(words in row.reason for row in reasons), words
    letters = await received(settings, f"{FINANCE_AGREEMENTS.name}.dlq", 4)
    assert len(letters) == 4
