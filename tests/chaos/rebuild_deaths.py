"""Rebuilds of the read model that die at each of their steps, in turn: by SIGKILL, like a crash.

`python -m tests.chaos.rebuild_deaths SEED`, with the settings of the service in its environment.
Each dies in a process of its own, at the step that is named or after a time that the seed picks,
and the next goes on from what it left. Prints how each one ended.
"""

import asyncio
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime

import structlog
from rich.progress import Progress

from services.api.rebuild.rebuild_read_model import rebuild_read_model
from services.api.settings import Settings
from shared.database import open_engine

STEPS = (
    "rebuild.prepared",
    "rebuild.replayed",
    "rebuild.indexed",
    "rebuild.projections_paused",
    "rebuild.exchanged",
    "rebuild.swapped",
)
"""Of what a rebuild says, in order. `exchanged`: all is moved and nothing is committed."""
_LONGEST_SECONDS = 0.8
_AT_ANY_TIME = 1


def main(seed: int) -> None:
    """Let one rebuild after the other die."""
    chance = random.Random(seed)
    for _ in range(_AT_ANY_TIME):
        seconds = chance.uniform(0.05, _LONGEST_SECONDS)
        sys.stdout.write(f"{seconds:.2f} s: {_die(None, seconds)}\n")
    for step in STEPS:
        sys.stdout.write(f"{step}: {_die(step, None)}\n")


def _die(at: str | None, after: float | None) -> str:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        asyncio.run(_rebuild(at))
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return "killed" if killed else f"exit code {os.waitstatus_to_exitcode(status)}"


async def _rebuild(at: str | None) -> None:
    def die(_: object, __: str, event: structlog.types.EventDict) -> str:
        if event["event"] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        raise structlog.DropEvent

    structlog.configure(processors=[die])
    settings = Settings()
    engine = open_engine(settings.database, settings.schema_name)
    await rebuild_read_model(engine, settings, lambda: datetime.now(UTC), Progress(disable=True))


if __name__ == "__main__":
    main(int(sys.argv[1]))
