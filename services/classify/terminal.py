"""A progress bar of the command line."""

import contextlib
from collections.abc import Iterator

from rich.console import Console
from rich.progress import Progress


@contextlib.contextmanager
def show_progress() -> Iterator[Progress]:
    """A bar on standard error where that is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        yield progress
