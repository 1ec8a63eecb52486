"""A door keeps an idle connection for longer than those who ask do."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from deploy.local.ports import free_ports
from services.api.settings import Settings
from shared.kafka.consumers import Consumers
from shared.service import Service, serve
from tests.support.waiting import eventually

pytestmark = pytest.mark.loopback

ASKED = b"GET /anything HTTP/1.1\r\nhost: door\r\n\r\n"


class NoConsumers(Consumers):
    """Those of a service that reads no topic."""

    async def start(self) -> None: ...


class Clock:
    """What an event loop takes for the time: a test puts it forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def port(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """That of a door which runs as every service's does, in a loop of that clock."""
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "time", clock)
    settings = Settings(http_port=free_ports(1)[0])
    service = Service(FastAPI(), NoConsumers(settings))
    serving = asyncio.ensure_future(serve(service, settings))
    await asyncio.sleep(0)  # until it listens to signals
    yield settings.http_port
    os.kill(os.getpid(), signal.SIGTERM)
    assert await serving == 0
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.remove_signal_handler(number)


async def test_a_connection_may_be_silent_for_a_minute_but_not_for_two(
    clock: Clock, port: int
) -> None:
    opened: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def opens() -> bool:
        try:
            opened.append(await asyncio.open_connection("127.0.0.1", port))
        except ConnectionRefusedError:
            return False
        return True

    await eventually(opens)
    [(reader, writer)] = opened
    for _ in range(3):
        writer.write(ASKED)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 404")
        await reader.readexactly(len(b'{"detail":"Not Found"}'))
        clock.ahead += 60
        await asyncio.sleep(0.05)  # for whatever is due by now
    clock.ahead += 60
    assert await reader.read() == b""
    writer.close()
