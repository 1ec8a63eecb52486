"""Records of Kafka as payments and agreements, or as rejects."""

from collections.abc import Sequence
from datetime import datetime

import orjson
from aiokafka import ConsumerRecord

from services.ingest.agreements.agreement import Said
from services.ingest.agreements.read_agreement import LARGEST_AGREEMENT, read_agreement
from services.ingest.arrivals.batch import Batch, check_size, read_batch
from services.ingest.buyers.buyer import Buyers, as_org_id
from services.ingest.payments.payment import LARGEST_PAYMENT, Payment, read_payment
from shared.envelope import Envelope, open_record
from shared.errors import Rejected
from shared.inbox import Reject


def read_payments(
    records: Sequence[ConsumerRecord], buyers: Buyers, now: datetime
) -> Batch[Payment]:
    """The payments that records of `finance.payments` post."""

    def read(record: ConsumerRecord) -> Payment:
        return read_payment(_open(record, LARGEST_PAYMENT, "a payment"), buyers, now)

    return read_batch(records, read, _refuse)


def read_agreements(
    records: Sequence[ConsumerRecord], buyers: Buyers, now: datetime
) -> Batch[Said]:
    """What records of `finance.agreements` say of agreements."""

    def read(record: ConsumerRecord) -> Said:
        return read_agreement(_open(record, LARGEST_AGREEMENT, "an agreement"), buyers, now)

    return read_batch(records, read, _refuse)


def _open(record: ConsumerRecord, largest: int, what: str) -> Envelope:
    if record.value is None:
        raise Rejected("the record is empty (a tombstone): nothing can be deleted this way")
    check_size(record.value, largest, what)
    return open_record(record.headers, record.value)


def _refuse(record: ConsumerRecord, error: Rejected) -> Reject:
    return Reject.of_record(record, error, _claimed_buyer(record))


def _claimed_buyer(record: ConsumerRecord) -> str | None:
    """The buyer that an unusable record names, so that its officers find it: by data, else key."""
    value = record.value or b""
    if len(value) <= LARGEST_PAYMENT:
        try:
            data = orjson.loads(value)
        except orjson.JSONDecodeError:
            data = None
        if isinstance(data, dict) and isinstance(data.get("data"), dict):
            data = data["data"]
        if isinstance(data, dict) and isinstance(buyer := data.get("buyer"), str):
            return as_org_id(buyer)
    try:
        return as_org_id((record.key or b"").decode())
    except UnicodeDecodeError:
        return None
