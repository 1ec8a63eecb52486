"""A receiver of webhooks as a process of its own: it records what came, and when.

Paths that begin with `/hang` are never answered, those with `/fail` by 500, all others by 204, with
`/slow` after a moment.
GET answers the record, as JSON.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx
import orjson

_MOMENT = 0.1
ROOT = Path(__file__).resolve().parents[2]


class Arrival(NamedTuple):
    """One request: its path, the ids of message and fact, and when, in seconds since 1970."""

    path: str
    id: str
    event_id: str
    at: float


@dataclass(frozen=True)
class Recording:
    """A receiver that runs at `url`."""

    url: str

    def arrivals(self) -> list[Arrival]:
        """What came so far, in the order of its arrival."""
        return [Arrival(*one) for one in httpx.get(self.url, timeout=30).json()]

    def count(self) -> int:
        """How many requests came so far."""
        return int(httpx.get(f"{self.url}/count", timeout=30).text)


@contextmanager
def recording() -> Iterator[Recording]:
    """Run a receiver for the block, on a free port of the loopback."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.recording"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield Recording(f"http://127.0.0.1:{int(process.stdout.readline())}")
    finally:
        process.kill()
        process.wait()


class _Connection(asyncio.Protocol):
    def __init__(self, record: list[Arrival]) -> None:
        self._record = record
        self._received = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in head)
            }
            length = end + 4 + int(headers.get("content-length", "0"))
            if len(self._received) < length:
                return
            body, self._received = self._received[end + 4 : length], self._received[length:]
            method, path, _ = head[0].split(" ")
            self._answer(method, path, headers, body)

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        if method == "GET":
            asked = len(self._record) if path == "/count" else self._record
            self._say("200 OK", orjson.dumps(asked, default=tuple))
            return
        event_id = orjson.loads(body)["id"]
        self._record.append(Arrival(path, headers["webhook-id"], event_id, time.time()))
        if path.startswith("/fail"):
            self._say("500 Internal Server Error")
        elif path.startswith("/slow"):
            asyncio.get_running_loop().call_later(_MOMENT, self._say, "204 No Content")
        elif not path.startswith("/hang"):
            self._say("204 No Content")

    def _say(self, status: str, body: bytes = b"") -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


async def _serve() -> None:
    record: list[Arrival] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(record), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - whom it serves reads this
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
