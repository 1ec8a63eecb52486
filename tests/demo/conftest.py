"""The sample year, played once on the real broker and database, in a place of its own."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from deploy.demo.guarded import OWN_SETTINGS
from deploy.demo.play import SETTINGS, Played, play
from deploy.demo.receiver import Receiver, receiving
from deploy.demo.running import Running, running
from deploy.demo.steps import Steps
from deploy.local.addresses import Addresses


@dataclass(frozen=True)
class Year:
    """The running product with the sample year in it."""

    run: Running
    receiver: Receiver
    played: Played
    now: datetime

    @property
    def today(self) -> date:
        """The day on which it was played."""
        return self.now.date()


@pytest.fixture(scope="session")
def given(stack: Addresses) -> Addresses:
    """The stack as one that was given: the demo keeps apart from what else is in it."""
    return replace(stack, kind="given", pids={}, data={})


@pytest.fixture(scope="module")
def year(given: Addresses) -> Iterator[Year]:
    """Play it, and keep it running for the tests of one module."""
    steps = Steps(Console(quiet=True))
    now = datetime.now(UTC)
    with (
        running(steps, SETTINGS, own_settings=OWN_SETTINGS, addresses=given) as run,
        receiving() as receiver,
        tempfile.TemporaryDirectory() as folder,
    ):
        yield Year(run, receiver, play(run, steps, receiver, Path(folder), now.date()), now)
