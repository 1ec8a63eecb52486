"""Processes by identity: a process id alone is reused, with its time of birth it is not."""

import json
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import psutil

GRACE_SECONDS = 8.0
# The wall clock of a process's birth moves by the clock's own corrections, never by more than this.
SAME_BIRTH_SECONDS = 1.0


@dataclass(frozen=True)
class Identity:
    """One process for ever: its id and when it was created (seconds since 1970).

    `stops` are the signals that ask it to end, politest first; SIGKILL follows by itself.
    """

    pid: int
    created: float
    stops: tuple[str, ...] = ("SIGTERM",)

    @classmethod
    def of(cls, pid: int, stops: Iterable[str] = ("SIGTERM",)) -> Self:
        """Return the identity of a process that runs now."""
        return cls(pid, psutil.Process(pid).create_time(), tuple(stops))

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return the identity written at `path`, or None where none can be read."""
        try:
            fields = json.loads(path.read_text())
            return cls(int(fields["pid"]), float(fields["created"]), tuple(fields["stops"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Write it so that a reader sees all of it or nothing."""
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(path)

    def process(self) -> psutil.Process | None:
        """Return the running process, or None when it ended, even if its id was reused since."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < SAME_BIRTH_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return None


def end(identities: Iterable[Identity], grace_seconds: float = GRACE_SECONDS) -> None:
    """End these processes, all at once, each by its own signals and at last by SIGKILL.

    Returns when they are gone. Children of the caller are reaped, so no zombie stays.
    """
    alive = {process: one.stops for one in identities if (process := one.process())}
    for step in range(max((len(stops) for stops in alive.values()), default=0)):
        for process, stops in alive.items():
            _send(process, getattr(signal, stops[min(step, len(stops) - 1)]))
        alive = _still_alive(alive, grace_seconds)
    for process in list(alive):
        with suppress(psutil.NoSuchProcess):
            alive |= dict.fromkeys(process.children(recursive=True), ())
    for process in alive:
        _send(process, signal.SIGKILL)
    _still_alive(alive, grace_seconds)


def _send(process: psutil.Process, number: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _still_alive(
    processes: dict[psutil.Process, tuple[str, ...]], seconds: float
) -> dict[psutil.Process, tuple[str, ...]]:
    _, alive = psutil.wait_procs(list(processes), timeout=seconds)
    return {process: processes[process] for process in alive}
