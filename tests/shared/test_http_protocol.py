"""What never becomes a request is refused as everything else is."""

import asyncio
import json
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from shared.http_protocol import MOST_HEAD_BYTES, DoorProtocol


class Sent(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = b""
        self._closed = False

    def write(self, data: Any) -> None:
        self.bytes += data

    def close(self) -> None:
        self._closed = True

    def is_closing(self) -> bool:
        return self._closed


async def _app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.mark.parametrize(
    ("pieces", "status", "kind"),
    [
        ([b"what is this?\r\n\r\n"], b"HTTP/1.1 400 Bad Request", "/problems#bad-request"),
        (
            [b"GET / HTTP/1.1\r\nx: ", *[b"y" * 8192] * (MOST_HEAD_BYTES // 8192)],
            b"HTTP/1.1 431 Request Header Fields Too Large",
            "/problems#head-too-large",
        ),
        ([b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 8192 + b"\r\n\r\n"], b"HTTP/1.1 204", None),
    ],
)
async def test_a_refusal_before_any_route_is_a_problem(
    pieces: list[bytes], status: bytes, kind: str | None
) -> None:
    config = uvicorn.Config(_app, http=DoorProtocol, lifespan="off", log_config=None)
    config.load()
    protocol, sent = DoorProtocol(config, ServerState(), {}), Sent()
    protocol.connection_made(sent)
    for piece in pieces:
        protocol.data_received(piece)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    head, _, body = sent.bytes.partition(b"\r\n\r\n")
    assert head.startswith(status)
    if kind is not None:
        assert b"content-type: application/problem+json" in head
        assert json.loads(body)["type"] == kind
    protocol.connection_lost(None)
