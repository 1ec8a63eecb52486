"""Ctrl-C while a library closes."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import pytest

from deploy.local.interruptions import hear_at_once


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


async def _swallows_its_cancellation() -> None:
    with contextlib.suppress(asyncio.CancelledError):
        signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0.1)


def test_ctrl_c_ends_a_command_whatever_is_swallowed_on_the_way() -> None:
    hear_at_once()
    with pytest.raises(KeyboardInterrupt):
        asyncio.run(_swallows_its_cancellation())
