"""Bodies without end: refused before they fill the memory or hold a door for ever."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from shared.door.bodies import BoundedBodies
from shared.door.web import open_door

CHUNK = b" " * 1000


class Named(BaseModel):
    name: str


async def ready() -> list[str]:
    return []


@pytest.fixture
def door() -> FastAPI:
    app = open_door("A door", "For a test", ready)

    @app.post("/names")
    async def post(named: Named) -> str:
        return named.name

    return app


async def chunks(number: int, *, pause: float = 0) -> AsyncIterator[bytes]:
    for _ in range(number):
        await asyncio.sleep(pause)
        yield CHUNK
    yield b'{"name": "Leeds Mind"}'


async def post(app: object, content: AsyncIterator[bytes]) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type] # any ASGI app will do
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        headers = {"content-type": "application/json"}
        return await client.post("/names", content=content, headers=headers)


async def test_what_fits_is_read(door: FastAPI) -> None:
    assert (await post(door, chunks(3))).json() == "Leeds Mind"


async def test_a_body_past_the_limit_is_refused_before_its_end(door: FastAPI) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1000
            yield CHUNK

    answer = await post(door, endless())
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert read < 10 * 1024 * 1024


async def test_a_body_that_claims_to_be_too_large_is_refused_before_any_of_it(
    door: FastAPI,
) -> None:
    read = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield CHUNK

    transport = httpx.ASGITransport(app=door)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        headers = {"content-type": "application/json", "content-length": "99999999999"}
        answer = await client.post("/names", content=counted(), headers=headers)
    assert (answer.status_code, read) == (413, 0)


async def test_a_body_that_trickles_is_given_up(door: FastAPI) -> None:
    answer = await post(BoundedBodies(door, longest=0.2), chunks(1000, pause=0.05))
    assert answer.status_code == 408


async def test_an_upload_has_time_for_each_megabyte_and_not_for_each_byte(door: FastAPI) -> None:
    bounded = BoundedBodies(door, longest=0.3, uploads={"/names": 8 * 1024 * 1024})
    assert (await post(bounded, chunks(1000, pause=0.05))).status_code == 408

    async def steady() -> AsyncIterator[bytes]:
        for _ in range(6):
            await asyncio.sleep(0.1)
            yield b" " * 1024 * 1024
        yield b'{"name": "Leeds Mind"}'

    assert (await post(bounded, steady())).json() == "Leeds Mind"
