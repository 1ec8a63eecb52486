"""What a door reads of a request: so much and no more, and not for ever."""

import asyncio
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 8 * 1024 * 1024
_LONGEST_SECONDS = 60.0
_STRETCH = 1024 * 1024
"""Bytes of an upload that must arrive within that time, so that none trickles for days."""


class BoundedBodies:
    """Refuses a body that is too large (413) or too slow (408), before it is all in memory.

    FastAPI reads the whole body before it looks at a token. The routes of `uploads` read theirs
    piece by piece, once they have looked: they have a limit of their own, and so long for each
    megabyte.
    """

    def __init__(
        self,
        app: ASGIApp,
        largest: int = LARGEST_BODY,
        longest: float = _LONGEST_SECONDS,
        uploads: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._largest = largest
        self._longest = longest
        self._uploads = uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its body bounded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = self._uploads.get(scope["path"])
        largest = left = self._largest if upload is None else upload
        claimed = dict(scope["headers"]).get(b"content-length", b"")
        too_large = HTTPException(413, f"The body may have {largest:,} bytes at most")
        due_at = left - _STRETCH  # bytes left at which an upload has time again
        due = asyncio.get_running_loop().time() + self._longest
        complete = False

        async def bounded() -> Message:
            nonlocal left, complete, due, due_at
            if claimed.isdigit() and int(claimed) > largest:
                raise too_large
            if complete:  # what is waited for now is the end of the connection
                return await receive()
            try:
                async with asyncio.timeout_at(due):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(
                    408, f"The body did not arrive within {self._longest:g} seconds"
                ) from error
            left -= len(message.get("body", b""))
            if upload is not None and left <= due_at:
                due = asyncio.get_running_loop().time() + self._longest
                due_at = left - _STRETCH
            complete = not message.get("more_body", False)
            if left < 0:
                raise too_large
            return message

        await self._app(scope, bounded, send)
