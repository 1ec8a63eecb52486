"""Quarantine on the real database: what can't be used is kept once, whatever its size."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from shared.database import begin, driver
from shared.errors import Rejected
from shared.inbox import Reject, quarantine
from shared.topics import LARGEST_RECORD
from tests.conftest import MakeEngine

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def record(value: bytes, offset: int = 7) -> Any:
    return ConsumerRecord(
        "finance.payments", 3, offset, 0, 0, b"GB-LAE-LDS", value, None, 10, len(value), ()
    )


def test_a_record_that_was_packed_small_is_kept_in_part_and_told_whole() -> None:
    value = b"0" * (LARGEST_RECORD + 1)
    reject = Reject.of_record(record(value), Rejected("not JSON"))
    assert reject.content == value[:-1]
    assert "16,777,217 bytes" in reject.reason
    assert hashlib.sha256(value).hexdigest() in reject.reason


async def test_many_of_the_largest_records_are_kept_at_once(engine_for: MakeEngine) -> None:
    engine = await engine_for("ingest")
    rejects = [
        Reject.of_record(record(b"%d" % n * LARGEST_RECORD, n), Rejected("not JSON"))
        for n in range(9)
    ]
    for kept in (9, 0):
        async with begin(engine) as tx:
            assert len(await quarantine(tx, rejects, NOW)) == kept
    async with begin(engine) as tx:
        rows = await (await driver(tx)).fetch("select octet_length(content) from rejects")
    assert [row[0] for row in rows] == [LARGEST_RECORD] * 9
