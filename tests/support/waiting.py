"""Waiting for a condition, with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(
    condition: Callable[[], Awaitable[object]], *, within: float = 20, every: float = 0.05
) -> None:
    """Return once `condition` holds; TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not await condition():
            await asyncio.sleep(every)
