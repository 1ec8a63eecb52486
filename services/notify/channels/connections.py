"""Connections to receivers: made to checked addresses only, and kept for a while.

httpcore does the HTTP. Its own pool looks at every connection for every request, at two
milliseconds of CPU with fifty connections (measured); a list of idle ones is all that is needed.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from services.notify.subscriptions.addresses import resolve, resolve_public
from shared.errors import Rejected

_KEPT_SECONDS = 15.0
_ENCRYPTED = (b"https",)


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that were checked: the name is resolved once, here."""

    def __init__(self, *, allow_private: bool) -> None:
        self._resolve = resolve if allow_private else resolve_public
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of the host that answers."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._resolve(host, port):
            try:
                return await self._backend.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class Connections:
    """Idle connections by origin, the last used first, `most` of them in all."""

    def __init__(self, *, allow_private: bool, most: int) -> None:
        self._allow_private = allow_private
        self._backend = PinnedBackend(allow_private=allow_private)
        self._ssl_context = ssl.create_default_context()
        self._most = most
        self._idle: list[tuple[httpcore.Origin, httpcore.AsyncHTTPConnection]] = []

    async def reuse(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection | None:
        """An idle connection that is still open, None where there is none."""
        for place in range(len(self._idle) - 1, -1, -1):
            if self._idle[place][0] == origin:
                _, connection = self._idle.pop(place)
                if not connection.has_expired():
                    return connection
                await connection.aclose()
        return None

    def open(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """A connection that is made when it is first used; Rejected where it would be readable."""
        if origin.scheme not in _ENCRYPTED and not self._allow_private:
            raise Rejected("webhooks are sent over https only", "address")
        return httpcore.AsyncHTTPConnection(
            origin,
            ssl_context=self._ssl_context,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=self._backend,
        )

    async def give_back(
        self, origin: httpcore.Origin, connection: httpcore.AsyncHTTPConnection
    ) -> None:
        """Keep a connection that can be used again; close any other, and the oldest of too many."""
        if not connection.is_idle():
            await connection.aclose()
            return
        self._idle.append((origin, connection))
        if len(self._idle) > self._most:
            _, oldest = self._idle.pop(0)
            await oldest.aclose()

    async def close(self) -> None:
        """Close those that are idle."""
        while self._idle:
            _, connection = self._idle.pop()
            await connection.aclose()
