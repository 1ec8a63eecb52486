"""A loop in which steps are taken."""

import asyncio
import time

from services.notify.steps import Steps

_MISSED = 4


class Timer:
    """Takes its steps every so many seconds, for ever."""

    def __init__(self, name: str, seconds: float, steps: Steps) -> None:
        self._name = name
        self._seconds = seconds
        self._steps = steps
        self._last = time.monotonic()

    async def run(self) -> None:
        """Take the steps; whichever fails is taken again the next time."""
        while True:
            await self._steps.take()
            self._last = time.monotonic()
            await asyncio.sleep(self._seconds)

    def unready(self) -> list[str]:
        """Why it is not ready, in words; empty when it is."""
        failing = self._steps.unready()
        late = time.monotonic() - self._last
        if late < _MISSED * self._seconds + 60:
            return failing
        return [*failing, f"{self._name}: not done for {late:.0f} s"]
