"""Calls that come at the same time, done as one."""

import asyncio
from collections.abc import Sequence

import pytest

from services.notify.deliveries.together import Together


async def test_what_gathers_while_it_works_is_done_as_one() -> None:
    batches: list[list[int]] = []
    busy = asyncio.Event()

    async def double(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        await busy.wait()
        return [2 * item for item in items]

    together = Together(double)
    first = asyncio.ensure_future(together(1))
    while not batches:
        await asyncio.sleep(0)
    rest = [asyncio.ensure_future(together(number)) for number in range(2, 6)]
    await asyncio.sleep(0)
    busy.set()
    assert await asyncio.gather(first, *rest) == [2, 4, 6, 8, 10]
    assert batches == [[1], [2, 3, 4, 5]]
    assert await together(6) == 12


async def test_a_fault_is_a_fault_for_all_that_were_in_it_and_no_one_after() -> None:
    faults = 1

    async def work(items: Sequence[int]) -> Sequence[int]:
        nonlocal faults
        if faults:
            faults -= 1
            raise OSError("the database went away")
        return items

    together = Together(work)
    results = await asyncio.gather(together(1), together(2), return_exceptions=True)
    assert [type(result) for result in results] == [OSError, OSError]
    assert await together(3) == 3


async def test_who_waits_is_not_left_waiting_when_the_work_is_cancelled() -> None:
    async def work(_: Sequence[int]) -> Sequence[int]:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Together(work)(1)
