"""Turns at heavy work: so many at a time, so many in line, for so long."""

import asyncio

import pytest

from shared.door.turns import Turns
from shared.errors import Retryable


async def hold(turns: Turns, until: asyncio.Event, done: list[str], name: str) -> None:
    async with turns:
        await until.wait()
        done.append(name)


async def test_who_stands_in_line_comes_in_turn_and_who_comes_after_is_sent_away() -> None:
    turns, until, done = Turns("tests", 1, in_line=2), asyncio.Event(), list[str]()
    held = [asyncio.create_task(hold(turns, until, done, name)) for name in "abc"]
    await asyncio.sleep(0)
    with pytest.raises(Retryable, match="1 tests at a time, and 2 stand in line"):
        await hold(turns, until, done, "d")
    until.set()
    await asyncio.gather(*held)
    assert done == ["a", "b", "c"]
    await hold(turns, until, done, "e")


async def test_no_one_waits_for_ever_and_who_gave_up_leaves_the_line() -> None:
    turns, until, done = Turns("tests", 1, in_line=1, seconds=0.01), asyncio.Event(), list[str]()
    held = asyncio.create_task(hold(turns, until, done, "a"))
    await asyncio.sleep(0)
    for _ in range(2):
        with pytest.raises(Retryable, match="none ended in"):
            await hold(turns, until, done, "b")
    until.set()
    await held
    await hold(turns, until, done, "c")
    assert done == ["a", "c"]


async def test_a_turn_that_fails_is_given_back() -> None:
    turns, until, done = Turns("tests", 1), asyncio.Event(), list[str]()
    until.set()
    with pytest.raises(ZeroDivisionError):
        async with turns:
            raise ZeroDivisionError
    await hold(turns, until, done, "a")
    assert done == ["a"]
