"""Verbs of a command line in this process: to start one costs 2 s of a core each time."""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import structlog
from typer import Typer
from typer.testing import CliRunner, Result

from shared.logs import logger


async def command(app: Typer, *words: str, **environment: str) -> Result:
    """What an operator who types these words gets, with no setting but those given.

    In a thread, for a verb runs an event loop of its own. What no verb says of itself is raised.
    """
    given: dict[str, str | None] = dict.fromkeys(filter(_ours, os.environ))
    with _logs_as_they_were():
        return await asyncio.to_thread(
            CliRunner().invoke, app, words, env=given | environment, catch_exceptions=False
        )


def _ours(variable: str) -> bool:
    return variable.startswith("LOCALPOUND_")


@contextmanager
def _logs_as_they_were() -> Iterator[None]:
    """A verb sends the logs to a standard error that is closed after it."""
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    with patch.dict(vars(logger)):  # where it keeps how it is configured, once it was used
        yield
    structlog.configure(**configured)
    root.handlers = handlers
    root.setLevel(level)
