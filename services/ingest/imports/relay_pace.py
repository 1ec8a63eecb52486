"""How an import keeps pace with the relay, so that the outbox stays small on disk."""

import asyncio
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.queries.outbox import outbox_state

_MOST_WAITING = 100
_PATIENCE_SECONDS = 5.0
_LOOK_SECONDS = 0.2


class RelayPace:
    """Pauses while the outbox holds over 100 batches (800,000 payments) and a relay works on it.

    Where the oldest batch has not moved for 5 seconds no service runs: the import goes on, the
    outbox grows, and the next service to start publishes it all.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._oldest: int | None = None
        self._moved = 0.0

    async def wait(self) -> None:
        """Return once there is room, or when no relay works."""
        while True:
            async with self._engine.connect() as connection:
                oldest, waiting = await outbox_state(connection, _MOST_WAITING + 1)
            if waiting <= _MOST_WAITING:
                return
            if oldest != self._oldest:
                self._oldest, self._moved = oldest, time.monotonic()
            elif time.monotonic() - self._moved > _PATIENCE_SECONDS:
                return
            await asyncio.sleep(_LOOK_SECONDS)
