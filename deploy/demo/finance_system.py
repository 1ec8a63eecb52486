"""The finance system of the sample: publishes CloudEvents in binary mode to the doors' topics."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from deploy.demo.lines import BUYER
from deploy.demo.sample import Sample
from shared.envelope import kafka_headers
from shared.events import PaymentPosted
from shared.kafka.producer import open_producer
from shared.topics import FINANCE_AGREEMENTS, FINANCE_PAYMENTS, Topic

SOURCE = "/sample/ledger"


class Record(NamedTuple):
    """One event on its way to a door's topic."""

    topic: Topic
    id: str
    type: str
    value: bytes


def records_of(sample: Sample) -> list[Record]:
    """Everything that the sample sends by Kafka, in the order in which it is sent.

    Unusable records stand among usable ones, and what is sent twice comes last.
    """
    agreements = [
        Record(FINANCE_AGREEMENTS, fact.id, fact.type, orjson.dumps(fact.data))
        for fact in sample.agreements
    ]
    payments = [
        Record(FINANCE_PAYMENTS, posting.id, PaymentPosted.TYPE, orjson.dumps(posting.data))
        for posting in (*sample.payments, *sample.again)
    ]
    for number, bad in enumerate(sample.unusable, 1):
        payments.insert(number * 50, Record(FINANCE_PAYMENTS, bad.id, bad.type, bad.value))
    return agreements + payments


async def publish(bootstrap: str, prefix: str, records: Iterable[Record]) -> None:
    """Publish, keyed by buyer so that the order is kept; returns once all are acknowledged."""
    now = datetime.now(UTC)
    async with open_producer(bootstrap) as producer:
        sent = [
            await producer.send(
                prefix + record.topic.name,
                record.value,
                BUYER.encode(),
                headers=[
                    *kafka_headers(record.type, SOURCE, now),
                    ("ce_id", record.id.encode()),
                ],
            )
            for record in records
        ]
        for acknowledged in sent:
            await acknowledged
