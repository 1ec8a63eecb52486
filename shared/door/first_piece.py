"""A file of which the first piece is made before its answer begins."""

from collections.abc import AsyncIterator


async def first_made(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, once the first is there: what keeps it is raised, and told in an answer of
    its own. Who opened the pieces closes them.
    """
    first = await anext(pieces, b"")
    return _after(first, pieces)


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
