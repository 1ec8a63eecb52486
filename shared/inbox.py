"""Quarantine: a record that can't be used is kept, with its bytes and a reason that can be read.

Key, headers and content are all that was sent, so it can be sent again: in CloudEvents' binary mode
the event's id, source and type stand in the headers alone.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

import orjson
from aiokafka import ConsumerRecord
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import driver
from shared.errors import Rejected
from shared.identity import identify
from shared.logs import logger
from shared.metrics import RECORDS
from shared.topics import LARGEST_RECORD

_BYTES_AT_ONCE = 64 * 1024 * 1024
"""PostgreSQL takes a message of 1 GiB at most."""

_REASONS_LOGGED = 5
_COLUMNS = (
    "reject_id",
    "origin",
    "buyer",
    "reason",
    "field",
    "content",
    "key",
    "headers",
    "received_at",
)


@dataclass(frozen=True, slots=True)
class Reject:
    """What could not be used: where it came from, why, and its bytes.

    All of them, but of a record that was packed small and is larger than a topic takes unpacked:
    there the start, and what tells the whole.

    `origin` names the place once and for ever (`kafka:topic/partition/offset`,
    `file:<import>/<row>`, `http:<request>/<row>`), so the same record is kept once.
    """

    origin: str
    reason: str
    field: str
    content: bytes
    buyer: str | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    key: bytes | None = None

    @property
    def id(self) -> str:
        """Of origin and content: a topic made anew counts its offsets from 0 again."""
        return identify("reject", self.origin, hashlib.sha256(self.content).hexdigest())

    @classmethod
    def of_record(
        cls, record: ConsumerRecord, error: Rejected, buyer: str | None = None
    ) -> "Reject":
        """The reject that a Kafka record becomes."""
        origin = f"kafka:{record.topic}/{record.partition}/{record.offset}"
        reason, content = error.reason, record.value or b""
        if len(content) > LARGEST_RECORD:
            digest = hashlib.sha256(content).hexdigest()
            reason += (
                f"; unpacked it has {len(content):,} bytes (SHA-256 {digest}), of which the first "
                f"{LARGEST_RECORD:,} are kept"
            )
            content = content[:LARGEST_RECORD]
        headers = tuple(record.headers)
        return cls(origin, reason, error.field, content, buyer, headers, record.key)


def rejects_table(metadata: MetaData) -> Table:
    """The service's quarantine; `seq` gives a stable order to page through."""
    return Table(
        "rejects",
        metadata,
        Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
        Column("reject_id", Text, primary_key=True),
        Column("origin", Text, nullable=False),
        Column("buyer", Text),
        Column("reason", Text, nullable=False),
        Column("field", Text, nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("key", LargeBinary),
        # Not jsonb, which holds no null byte, also not in a header's name.
        Column("headers", JSON, nullable=False),
        Column("received_at", DateTime(timezone=True), nullable=False),
        Index("rejects_by_buyer", "buyer", "seq"),
        # By the start of it, which is that of a file or a request; in the order of bytes.
        Index("rejects_by_origin", "origin", postgresql_ops={"origin": "text_pattern_ops"}),
    )


async def quarantine(tx: AsyncConnection, rejects: Sequence[Reject], now: datetime) -> list[Reject]:
    """Keep the rejects in the caller's transaction; return those that were not kept before."""
    if not rejects:
        return []
    every = {reject.id: reject for reject in rejects}
    # In one order: transactions that keep the same rejects wait for each other, never in a ring.
    by_id = {reject_id: every[reject_id] for reject_id in sorted(every)}
    kept: list[Reject] = []
    some: dict[str, Reject] = {}
    size = 0
    for reject_id, reject in by_id.items():
        some[reject_id] = reject
        size += len(reject.content) + sum(len(value or b"") for _, value in reject.headers)
        if size > _BYTES_AT_ONCE:
            kept += await _insert(tx, some, now)
            some, size = {}, 0
    return kept + await _insert(tx, some, now)


async def _insert(tx: AsyncConnection, by_id: dict[str, Reject], now: datetime) -> list[Reject]:
    if not by_id:
        return []
    connection = await driver(tx)
    rows = [
        (
            reject_id,
            r.origin,
            r.buyer,
            _storable(r.reason),
            _storable(r.field),
            r.content,
            r.key,
            orjson.dumps(headers_as_json(r.headers)).decode(),
            now,
        )
        for reject_id, r in by_id.items()
    ]
    kept = await connection.fetch(
        f"insert into rejects ({', '.join(_COLUMNS)}) "  # noqa: S608 - our own column names
        "select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],"
        " $6::bytea[], $7::bytea[], $8::json[], $9::timestamptz[])"
        " on conflict do nothing returning reject_id",
        *(list(column) for column in zip(*rows, strict=True)),
    )
    return [by_id[row["reject_id"]] for row in kept]


class KeptHeader(TypedDict):
    """A header as it is kept and shown: `value` is text where the bytes are UTF-8, else base64."""

    name: str
    encoding: Literal["text", "base64"]
    value: str | None


def headers_as_json(headers: Iterable[tuple[str, bytes | None]]) -> list[KeptHeader]:
    """Headers in their order, none of their bytes lost."""
    return [_kept(name, value) for name, value in headers]


def _kept(name: str, value: bytes | None) -> KeptHeader:
    if value is None:
        return KeptHeader(name=name, encoding="text", value=None)
    try:
        return KeptHeader(name=name, encoding="text", value=value.decode())
    except UnicodeDecodeError:
        return KeptHeader(name=name, encoding="base64", value=base64.b64encode(value).decode())


def say_quarantined(door: str, rejects: Sequence[Reject]) -> None:
    """Count and log what was quarantined, once that is committed; `door` is a topic or a route."""
    if not rejects:
        return
    RECORDS.labels(door, "quarantined").inc(len(rejects))
    logger.warning(
        "records.quarantined",
        door=door,
        records=len(rejects),
        first=rejects[0].origin,
        buyers=sorted({reject.buyer for reject in rejects if reject.buyer})[:_REASONS_LOGGED],
        reasons=dict(Counter(reject.reason for reject in rejects).most_common(_REASONS_LOGGED)),
    )


def _storable(text: str) -> str:
    """Text that PostgreSQL keeps: what is quoted of an unusable record is as untrusted as it."""
    return text.replace("\x00", "\\0").encode(errors="backslashreplace").decode()
