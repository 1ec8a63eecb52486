"""The loop that raises what is due."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from shared.database import DATABASE_ERRORS
from shared.logs import logger

_MISSED = 4


class Timer:
    """Takes a step every so many seconds, for ever."""

    def __init__(self, name: str, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._seconds = seconds
        self._step = step
        self._last = time.monotonic()

    async def run(self) -> None:
        """Take steps; a fault of the database is waited out, any other ends the process."""
        while True:
            try:
                await self._step()
                self._last = time.monotonic()
            except DATABASE_ERRORS as error:
                logger.warning("timer.interrupted", timer=self._name, error=repr(error))
            await asyncio.sleep(self._seconds)

    def unready(self) -> list[str]:
        """Why it is not ready, in words; empty when it is."""
        late = time.monotonic() - self._last
        if late < _MISSED * self._seconds + 60:
            return []
        return [f"{self._name}: not done for {late:.0f} s"]
