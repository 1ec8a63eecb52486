"""What the demo does, told step by step with the time that each takes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console

Found = TypeVar("Found")
_PAUSE_SECONDS = 0.1


class DemoFailed(RuntimeError):
    """The demo can't go on; the message says why, with the end of the log that tells more."""


class Steps:
    """Tells each step on the console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._began = time.monotonic()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Tell that `what` is done, and how long the block took."""
        began = time.monotonic()
        with self.console.status(what):
            yield
        self._tell(what, time.monotonic() - began)

    def done(self) -> None:
        """Tell how long all of it took."""
        self._tell("everything", time.monotonic() - self._began)

    def _tell(self, what: str, seconds: float) -> None:
        self.console.print(f"  [green]done[/]  {what:<66} {seconds:6.1f} s", highlight=False)


def until(look: Callable[[], Found | None], *, within: float, what: str) -> Found:
    """Look until something is found, and return it; DemoFailed names `what` was waited for."""
    deadline = time.monotonic() + within
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise DemoFailed(f"{what} did not come within {within:.0f} s")
        time.sleep(_PAUSE_SECONDS)
    return found
