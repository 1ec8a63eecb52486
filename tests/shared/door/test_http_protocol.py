"""What never becomes a request is refused as everything else is."""

import asyncio
import json
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from shared.door.http_protocol import MOST_HEAD_BYTES, DoorProtocol


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


async def _reads_its_body(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await _app(scope, receive, send)


async def _told(app: Any, pieces: list[bytes]) -> tuple[bytes, bool]:
    """What a door of this app writes to pieces that come one after the other, and whether it closes
    the connection.
    """
    config = uvicorn.Config(app, http=DoorProtocol, lifespan="off", log_config=None)
    config.load()
    protocol, sent = DoorProtocol(config, ServerState(), {}), Sent()
    protocol.connection_made(sent)
    for piece in pieces:
        protocol.data_received(piece)
        for _ in range(3):
            await asyncio.sleep(0)
    closed = sent.is_closing()
    protocol.connection_lost(None)
    return sent.bytes, closed


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
    told, _ = await _told(_app, pieces)
    head, _, body = told.partition(b"\r\n\r\n")
    assert head.startswith(status)
    if kind is not None:
        assert b"content-type: application/problem+json" in head
        assert json.loads(body)["type"] == kind


_CHUNKED = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
_TRAILERS = [b"x: " + b"y" * 8192 + b"\r\n"] * (MOST_HEAD_BYTES // 8192)


async def test_trailers_have_an_end() -> None:
    told, closed = await _told(_reads_its_body, [_CHUNKED, *_TRAILERS])
    assert told.startswith(b"HTTP/1.1 431")
    assert closed
    told, closed = await _told(_reads_its_body, [_CHUNKED, *_TRAILERS[:2], b"\r\n"])
    assert told.startswith(b"HTTP/1.1 204")
    assert not closed


@pytest.mark.parametrize("rest", [_TRAILERS, [b"\0"]])
async def test_what_is_answered_is_answered_once(rest: list[bytes]) -> None:
    told, closed = await _told(_app, [_CHUNKED, *rest])
    assert told.count(b"HTTP/1.1") == 1
    assert closed


async def test_what_comes_after_a_whole_request_is_refused_by_itself() -> None:
    told, _ = await _told(_app, [b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"?"])
    assert told.startswith(b"HTTP/1.1 204")
    assert b"HTTP/1.1 400" in told
