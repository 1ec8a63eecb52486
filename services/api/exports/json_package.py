"""Records of an export as one JSON object, a record at a time."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson

from services.api.exports.exported import Exported
from shared.errors import NotKnown


async def write_package(
    head: Mapping[str, Any],
    name: str,
    records: AsyncIterator[Exported[Mapping[str, Any]]],
    *,
    empty: str = "",
) -> AsyncIterator[bytes]:
    """The members of `head`, then those records that are published as the array `name`.

    Raises NotKnown with the words of `empty`, before the first piece, where the standard allows no
    package without a record and there is none.
    """
    before = orjson.dumps(head)[:-1] + b',"' + name.encode() + b'":['
    separator = b"\n"
    async for record in records:
        if record.content is not None:
            yield before + separator + orjson.dumps(record.content)
            before, separator = b"", b",\n"
    if before and empty:
        raise NotKnown(empty)
    yield before + b"]}\n"
