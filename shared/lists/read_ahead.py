"""What an iterator brings next is read while its last is worked on."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Generic, Self, TypeVar

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """The items of an iterator, one of them always on its way."""

    def __init__(self, items: AsyncIterator[T]) -> None:
        self._items = items
        self._coming = asyncio.ensure_future(anext(items, None))

    async def first(self) -> None:
        """Wait until the first has come; raise what kept it."""
        await asyncio.shield(self._coming)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        item = await self._coming
        if item is None:
            raise StopAsyncIteration
        self._coming = asyncio.ensure_future(anext(self._items, None))
        return item

    async def close(self) -> None:
        """Break off; nothing is read any more when this returns."""
        self._coming.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._coming
        if isinstance(self._items, AsyncGenerator):
            await self._items.aclose()
