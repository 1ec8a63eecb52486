"""The timer's loop."""

import asyncio

import pytest

from services.notify.steps import Steps
from services.notify.timer import Timer
from tests.support.waiting import eventually


@pytest.mark.parametrize("error", [ConnectionRefusedError("it is away"), TypeError("a mistake")])
async def test_whatever_fails_the_loop_goes_on(error: Exception) -> None:
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps < 3:
            raise error

    async def went_on() -> bool:
        return steps > 4

    timer = Timer("raising", 0.001, Steps({"raising": step}))
    running = asyncio.ensure_future(timer.run())
    await eventually(went_on)
    running.cancel()
    assert timer.unready() == []
    timer._last -= 100
    [why] = timer.unready()
    assert why.startswith("raising: not done for ")


async def test_a_step_that_goes_on_failing_is_shown_by_readiness() -> None:
    async def step() -> None:
        raise TypeError("a mistake")

    async def says_so() -> bool:
        return bool(timer.unready())

    timer = Timer("raising", 0.001, Steps({"planning": step}))
    running = asyncio.ensure_future(timer.run())
    await eventually(says_so)
    running.cancel()
    [why] = timer.unready()
    assert why.startswith("planning: failed ")
