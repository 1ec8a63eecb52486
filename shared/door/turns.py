"""Turns at heavy work: a few at a time in a process, a short line behind them, and an end to it."""

import asyncio
from types import TracebackType

from shared.errors import Retryable

_IN_LINE = 16
_SECONDS = 10.0


class Turns:
    """An asynchronous context that `at_once` tasks are in at a time; others stand in line for it.

    Retryable, which a door answers with 503 and `Retry-After`: the line is as long as it may be, or
    no turn came in time. Who waited without end would hold memory and a client's connection, and
    be answered after the client had asked again.
    """

    def __init__(
        self, work: str, at_once: int, *, in_line: int = _IN_LINE, seconds: float = _SECONDS
    ) -> None:
        self._work, self._at_once = work, at_once
        self._in_line, self._seconds = in_line, seconds
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0

    async def __aenter__(self) -> None:
        """Take a turn, once there is one. Raises Retryable."""
        if self._free.locked() and self._waiting >= self._in_line:
            raise self._busy(f"{self._waiting} stand in line")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise self._busy(f"none ended in {self._seconds:g} s") from error
        finally:
            self._waiting -= 1

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave it to the next in line."""
        self._free.release()

    def _busy(self, why: str) -> Retryable:
        return Retryable(f"{self._at_once} {self._work} at a time, and {why}")
