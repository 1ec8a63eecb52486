"""The timer's loop."""

import asyncio

import pytest

from services.notify.timer import Timer
from tests.support.waiting import eventually


async def test_a_fault_of_the_database_is_waited_out() -> None:
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps < 3:
            raise ConnectionRefusedError("the database is away")

    async def went_on() -> bool:
        return steps > 4

    timer = Timer("raising", 0.001, step)
    running = asyncio.ensure_future(timer.run())
    await eventually(went_on)
    running.cancel()
    assert timer.unready() == []
    timer._last -= 100
    [why] = timer.unready()
    assert why.startswith("raising: not done for ")


async def test_an_error_of_ours_ends_the_process() -> None:
    async def step() -> None:
        raise TypeError("a mistake")

    with pytest.raises(TypeError):
        await Timer("raising", 0.001, step).run()
