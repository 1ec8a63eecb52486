"""Calls that come at the same time, done as one: a transaction for many instead of one for each."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Together(Generic[ItemT, ResultT]):
    """Hands to `work` whatever gathered while it was busy; it answers one result for each item.

    A fault of the work is a fault for all that were in it.
    """

    def __init__(self, work: Callable[[Sequence[ItemT]], Awaitable[Sequence[ResultT]]]) -> None:
        self._work = work
        self._gathered: list[tuple[ItemT, asyncio.Future[ResultT]]] = []
        self._working: asyncio.Task[None] | None = None

    async def __call__(self, item: ItemT) -> ResultT:
        """The result for one item."""
        future: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        self._gathered.append((item, future))
        if self._working is None:
            self._working = asyncio.ensure_future(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._gathered:
                batch, self._gathered = self._gathered, []
                await self._do(batch)
        finally:
            self._working = None

    async def _do(self, batch: list[tuple[ItemT, asyncio.Future[ResultT]]]) -> None:
        waiting = [future for _, future in batch]
        try:
            results = await self._work([item for item, _ in batch])
        except asyncio.CancelledError:
            for future in waiting:
                future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            for future in waiting:
                if not future.done():
                    future.set_exception(error)
        else:
            for future, result in zip(waiting, results, strict=True):
                if not future.done():
                    future.set_result(result)
