"""The index of the registers in force, built anew when one of them is replaced."""

import asyncio
from typing import Any

from services.classify.matching.index import Index
from services.classify.queries.registers import every_name, registers_stamp

_kept: dict[str, Index] = {}
"""The one index of this process, by the stamp of the registers that it is made of."""


async def index_in_force(connection: Any) -> Index:
    """The index of the registers that this transaction sees."""
    stamp = await registers_stamp(connection)
    if stamp not in _kept:
        known = await every_name(connection)
        index = await asyncio.to_thread(Index.build, known, stamp)
        _kept.clear()
        _kept[stamp] = index
    return _kept[stamp]
