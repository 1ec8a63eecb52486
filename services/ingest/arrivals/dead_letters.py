"""What Kafka brought and could not be used, copied to the topic's dead letters by the outbox."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest import SOURCE
from shared.inbox import Reject
from shared.outbox import Outgoing, enqueue
from shared.topics import (
    FINANCE_AGREEMENTS,
    FINANCE_AGREEMENTS_DLQ,
    FINANCE_PAYMENTS,
    FINANCE_PAYMENTS_DLQ,
    LARGEST_RECORD,
    Topic,
)

_DEAD_LETTERS = {
    FINANCE_PAYMENTS.name: FINANCE_PAYMENTS_DLQ,
    FINANCE_AGREEMENTS.name: FINANCE_AGREEMENTS_DLQ,
}
_KAFKA = "kafka:"
_MOST_HEADER_BYTES = 32 * 1024
_MOST_BATCH_BYTES = 4 * 1024 * 1024


async def enqueue_dead_letters(
    tx: AsyncConnection, rejects: Sequence[Reject], now: datetime
) -> None:
    """Leave a copy of each reject that came by Kafka for the relay; the others have no topic.

    The value is the record's own; its headers follow as `original_<name>` after ours (reason,
    field, source topic, partition, offset, reject id). A value that no topic would take stays in
    quarantine only, and its letter says so.
    """
    from_kafka = [reject for reject in rejects if reject.origin.startswith(_KAFKA)]
    for source, together in groupby(from_kafka, key=_source_of):
        topic = _letters_of(source[0])
        for letters in _batches([_letter(reject) for reject in together]):
            await enqueue(tx, topic, topic.types[0], SOURCE, letters, now)


def _source_of(reject: Reject) -> tuple[str, str]:
    """The topic and the partition that a reject came from."""
    topic, partition, _ = reject.origin.removeprefix(_KAFKA).rsplit("/", 2)
    return topic, partition


def _letters_of(source_topic: str) -> Topic:
    """By the end of its name: a deployment may prefix its topics."""
    return next(letters for name, letters in _DEAD_LETTERS.items() if source_topic.endswith(name))


def _letter(reject: Reject) -> Outgoing:
    topic, partition = _source_of(reject)
    reject_id = reject.id
    headers = [
        ("reject_reason", reject.reason.encode()),
        ("reject_field", reject.field.encode()),
        ("reject_id", reject_id.encode()),
        ("source_topic", topic.encode()),
        ("source_partition", partition.encode()),
        ("source_offset", reject.origin.rpartition("/")[2].encode()),
    ]
    content = reject.content
    if len(content) > LARGEST_RECORD:
        headers.append(("content_withheld", b"too large for a topic: kept in quarantine"))
        content = b""
    key = (reject.buyer or "").encode()
    return Outgoing(key, reject_id, content, (*headers, *_originals(reject)))


def _originals(reject: Reject) -> Iterator[tuple[str, bytes]]:
    """The record's own headers, as many as leave room for its value."""
    room = _MOST_HEADER_BYTES
    for name, value in reject.headers:
        room -= len(name.encode()) + len(value or b"") + 16
        if room < 0:
            return
        yield f"original_{name}", value or b""


def _batches(letters: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    """The letters in batches of a few megabytes: one of them may have 16."""
    batch: list[Outgoing] = []
    size = 0
    for letter in letters:
        batch.append(letter)
        size += len(letter.data)
        if size > _MOST_BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
