"""Readers that take a little every now and then."""

import asyncio

import pytest
from starlette.types import Message

from shared.door import slow_readers
from shared.door.slow_readers import no_slower


@pytest.mark.parametrize(("taken_each", "to_the_end"), [(10, False), (1_000_000, True)])
async def test_a_reader_is_left_that_takes_too_little_however_often(
    monkeypatch: pytest.MonkeyPatch, taken_each: int, to_the_end: bool
) -> None:
    monkeypatch.setattr(slow_readers, "_GRACE_SECONDS", 0.5)
    taken = []

    async def slow(message: Message) -> None:
        await asyncio.sleep(0.15)
        taken.append(message)

    send = no_slower(slow)
    piece = {"type": "http.response.body", "body": bytes(taken_each), "more_body": True}

    async def read() -> None:
        for _ in range(4):
            await send(piece)

    if to_the_end:
        await read()
    else:
        with pytest.raises(TimeoutError):
            await read()
    assert len(taken) == 4 if to_the_end else 1 <= len(taken) < 4
