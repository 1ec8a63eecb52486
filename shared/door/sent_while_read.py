"""A file that is sent while it is read from the database, to a client that may stop taking it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.database import DATABASE_ERRORS
from shared.door.slow_readers import no_slower
from shared.logs import logger


class SentWhileRead(StreamingResponse):
    """Sends a file and, whatever ends it, closes what it is read from.

    A client that takes it too slowly is left, for others wait for what it holds. Broken off, the
    last chunk is missing: the client sees that the file is not whole.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        opened: AsyncExitStack,
        name: str,
        media_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        disposition = f'attachment; filename="{name}"'
        super().__init__(
            pieces,
            media_type=media_type,
            headers={**(headers or {}), "content-disposition": disposition},
        )
        self._opened = opened
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then close what was opened for it."""
        async with self._opened:
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send; break off where the client is too slow or the database goes away."""
        try:
            await super().stream_response(no_slower(send))
        except (TimeoutError, *DATABASE_ERRORS) as error:
            logger.warning("file.interrupted", file=self._name, error=repr(error))
