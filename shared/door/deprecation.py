"""Routes and parameters that will go: said in OpenAPI, and in every answer (RFC 9745, RFC 8594).

    old = Deprecation(since=date(2026, 12, 1), gone=date(2027, 12, 1), instead="/v1/spend")
    @router.get("/v1/totals", dependencies=[Depends(old)])

With `parameter` it is the parameter alone, and only answers to who sends it say so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOTED = "localpound.deprecations"


@dataclass(frozen=True)
class Deprecation:
    """A FastAPI dependency that declares it: since when, from when on it may be gone, its heir.

    `instead` is an address of this door, or for a parameter the name of another one.
    """

    since: date
    gone: date
    instead: str
    parameter: str = ""

    async def __call__(self, request: Request) -> None:  # async: others get a thread each
        """Note it for the answer, whatever that will be."""
        if not self.parameter or self.parameter in request.query_params:
            request.scope.setdefault(_NOTED, []).append(self)

    @property
    def says(self) -> str:
        """What the document says of it."""
        return (
            f"Deprecated since {self.since.isoformat()}, may be gone from {self.gone.isoformat()}: "
            f"use `{self.instead}`"
        )

    def headers(self) -> Iterator[tuple[str, str]]:
        """Deprecation (RFC 9745), Sunset (RFC 8594) and, of a route, the link to its heir."""
        yield "Deprecation", f"@{int(_midnight(self.since).timestamp())}"
        yield "Sunset", format_datetime(_midnight(self.gone), usegmt=True)
        if not self.parameter:
            yield "Link", f'<{self.instead}>; rel="successor-version"'


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class SaidDeprecated:
    """Puts the headers on answers, errors among them; plain ASGI, as web.py says why."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; of several deprecations the one that is gone first is said."""

        async def told(message: Message) -> None:
            noted: list[Deprecation] = scope.get(_NOTED, [])
            if noted and message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in min(noted, key=lambda each: each.gone).headers():
                    headers.append(name, value)
            await send(message)

        await self._app(scope, receive, told)
