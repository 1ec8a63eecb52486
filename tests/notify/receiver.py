"""A provider's webhook receiver, verified by the specification's own package."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook

SECRET = "whsec_bG9jYWwgcG91bmQncyBvd24gdGVzdCBzZWNyZXQ="


@dataclass
class Received:
    """One request: its headers, its body as it came, and as JSON."""

    headers: dict[str, str]
    body: bytes
    event: dict[str, Any]
    path: str = "/"

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def type(self) -> str:
        return str(self.event["type"])


Answer = Callable[[Received], Response]


@dataclass
class Receiver:
    """Answers as told; `verify` off where the test's clock is not the real one."""

    port: int = 0
    answer: Answer = lambda _: Response(status_code=204)
    requests: list[Received] = field(default_factory=list)
    hold: asyncio.Event | None = None
    verify: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/notices"

    @property
    def ids(self) -> list[str]:
        return [request.id for request in self.requests]

    @property
    def types(self) -> list[str]:
        return [request.type for request in self.requests]

    def verify_with(self, secret: str, received: Received) -> None:
        Webhook(secret).verify(received.body, received.headers)

    async def take(self, request: Request) -> Response:
        body = await request.body()
        headers = dict(request.headers)
        if self.verify:
            Webhook(SECRET).verify(body, headers)
        received = Received(headers, body, orjson.loads(body), request.url.path)
        self.requests.append(received)
        if self.hold is not None:
            await self.hold.wait()
        return self.answer(received)


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[int]:
    """Serve an app on the loopback; the port."""
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.ensure_future(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    server.force_exit = True
    await serving


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = FastAPI()
    app.add_api_route("/{path:path}", receiver.take, methods=["POST"])
    async with listening(app) as port:
        receiver.port = port
        yield receiver
        if receiver.hold is not None:
            receiver.hold.set()
