"""What buyers send in these tests, and what became of it."""

from datetime import UTC, datetime
from typing import Any

import cramjam
import msgpack
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.agreements.agreement import Said
from services.ingest.agreements.read_agreement import read_agreement
from services.ingest.buyers.buyer import Buyer, Buyers
from services.ingest.queries.buyers import find_buyers
from shared.envelope import Envelope

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LEDGER = "/finance/ledger"
ICB = {"GB-NHS-QWO": Buyer("GB-NHS-QWO", "NHS West Yorkshire ICB", "integrated care board")}
CONTACTS_OF_THE_HOSPICE: dict[str, Any] = {
    "buyer": "GB-NHS-QWO",
    "reference": "WY-042",
    "confirmed_on": "2026-09-01",
    "contacts": [
        {
            "party": "provider",
            "role": "Contract manager",
            "name": "Alex Moss",
            "channel": "email",
            "address": "contracts@hospice.example",
        }
    ],
}


def payment(**changes: Any) -> dict[str, Any]:
    """A payment that is good, but for the changes; None takes a field away."""
    good = {
        "buyer": "GB-LAE-LDS",
        "payee": "Leeds Mind",
        "payment_date": "2024-04-30",
        "amount_pence": 125_000,
        "unit": "Adults and Health",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def terms(**changes: Any) -> dict[str, Any]:
    """The terms of an agreement that is good, but for the changes; None takes a field away."""
    good = {
        "buyer": "GB-NHS-QWO",
        "reference": "WY-042",
        "title": "Hospice care at home",
        "kind": "contract",
        "provider": "St Example's Hospice",
        "start": "2024-04-01",
        "end": "2027-03-31",
        "lines": [{"programme": "End of life", "annual_amount_pence": 75_000_000}],
        "notice_period": "P6M",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def said(event_id: str, kind: str, data: dict[str, Any], buyers: Buyers = ICB) -> Said:
    """A fact of an agreement as it is read from an event."""
    return read_agreement(Envelope(event_id, LEDGER, kind, orjson.dumps(data)), buyers, NOW)


def binary(
    event_id: str, event_type: str = "payment.posted.v1", source: str = LEDGER
) -> list[tuple[str, bytes]]:
    """The headers of an event in binary mode."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", event_type.encode()),
        ("content-type", b"application/json"),
    ]


def event(event_id: str, data: object, event_type: str = "payment.posted.v1") -> dict[str, Any]:
    """An event in structured mode."""
    said = {"specversion": "1.0", "id": event_id, "source": LEDGER, "type": event_type}
    return said | {"data": data}


async def buyers_of(engine: AsyncEngine) -> Buyers:
    async with engine.connect() as connection:
        return await find_buyers(connection)


async def rows_of(engine: AsyncEngine, query: str, **values: Any) -> list[Any]:
    """The rows of a query."""
    async with engine.connect() as connection:
        return list(await connection.execute(text(query), values))


async def outbox_of(engine: AsyncEngine) -> list[tuple[str, str, bytes, dict[str, bytes], Any]]:
    """What waits to be published: topic, event id, key, headers and data of each event."""
    waiting = []
    for topic, records in await rows_of(engine, "select topic, records from outbox order by seq"):
        headers, events = msgpack.unpackb(cramjam.zstd.decompress(records))
        for key, event_id, data, own in events:
            waiting.append((topic, event_id, key, dict(headers) | dict(own), data))
    return waiting


async def published_data(engine: AsyncEngine, topic: str) -> list[dict[str, Any]]:
    """The data of what waits for one topic, in order."""
    return [orjson.loads(each[4]) for each in await outbox_of(engine) if each[0] == topic]
