"""What waits in the outbox, unpacked."""

from typing import Any, NamedTuple

import cramjam
import msgpack
import orjson


class Published(NamedTuple):
    """One event as the relay will send it."""

    topic: str
    type: str
    id: str
    key: bytes
    data: dict[str, Any]


async def waiting_facts(connection: Any) -> list[Published]:
    """Every event that waits, in order."""
    found = []
    for row in await connection.fetch("select topic, records from outbox order by seq"):
        shared, records = msgpack.unpackb(bytes(cramjam.zstd.decompress(row["records"])))
        event_type = dict(map(tuple, shared))["ce_type"].decode()
        found += [
            Published(row["topic"], event_type, event_id, key, orjson.loads(data))
            for key, event_id, data, *_ in records
        ]
    return found
