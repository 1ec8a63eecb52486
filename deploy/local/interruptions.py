"""Ctrl-C and SIGTERM end a command wherever it is."""

import signal
import sys
from types import FrameType


def hear_at_once() -> None:
    """Raise KeyboardInterrupt or SystemExit where the signal finds the main thread.

    asyncio would turn Ctrl-C into a cancellation, which a library that is closing may swallow: the
    command would then go on as if nothing had been pressed. It leaves a handler of ours alone.
    """
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def _interrupt(signal_number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's
    raise KeyboardInterrupt
