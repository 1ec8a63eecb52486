"""The folder `.localpound/`: one subfolder for each running stack, and its clean-up.

A stack's owner holds a lock on its subfolder for as long as it lives; the kernel lets go of it
however the owner ends. A stack is a leftover when the lock is free and the recorded owner is gone.
"""

import fcntl
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local.processes import Identity, end

STATE = Path(__file__).resolve().parents[2] / ".localpound"
NAMED = re.compile(r"\d+-[0-9a-f]{6}")
TAIL_LINES = 30
DELETE_SECONDS = 5.0


@dataclass(frozen=True)
class StackFolder:
    """One stack on disk: `processes/` says who runs, `logs/` what they said."""

    path: Path

    @property
    def processes(self) -> Path:
        """The folder with one record for each process of this stack."""
        return self.path / "processes"

    def log(self, server: str) -> Path:
        """Return the log file of a server."""
        return self.path / "logs" / f"{server}.log"

    def read_logs(self) -> Iterator[str]:
        """What each server logged, whole: Kafka says a hundred lines after why it ends."""
        for log in (self.path / "logs").glob("*.log"):
            yield log.read_text(errors="replace")

    def identities(self) -> dict[str, Identity]:
        """Return every recorded process by name: "owner", "keeper" and the servers."""
        found = {path.stem: Identity.read(path) for path in self.processes.glob("*.json")}
        return {name: identity for name, identity in found.items() if identity}

    def claim(self) -> IO[bytes]:
        """Lock the folder as its owner, until the result is closed."""
        lock = (self.path / "owner.lock").open("ab")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def is_owned(self) -> bool:
        """Whether its owner lives."""
        try:
            with (self.path / "owner.lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        owner = Identity.read(self.processes / "owner.json")
        return owner is not None and owner.process() is not None

    def elsewhere(self) -> Path:
        """Make a folder outside, for what cannot live here; it is removed with this one."""
        outside = Path(tempfile.mkdtemp(prefix="localpound-"))
        with (self.path / "elsewhere").open("a") as listed:
            listed.write(f"{outside}\n")
        return outside

    def remove(self) -> None:
        """End what the records say still runs, then delete the stack from the disk."""
        identities = self.identities()
        identities.pop("owner", None)
        keeper = identities.pop("keeper", None)
        end(identities.values())
        if keeper and keeper.pid != os.getpid():
            end([keeper])
        listed = self.path / "elsewhere"
        for outside in listed.read_text().splitlines() if listed.exists() else ():
            if Path(outside).name.startswith("localpound-"):
                _delete(Path(outside))
        _delete(self.path)

    def keep_logs(self) -> Path:
        """Copy the logs to where the removal of the stack leaves them."""
        kept = self.path.parent / "failed" / self.path.name
        shutil.copytree(self.path / "logs", kept, dirs_exist_ok=True)
        return kept


def new_folder(state: Path = STATE) -> tuple[StackFolder, IO[bytes]]:
    """Make the folder of a new stack, owned by this process, with the lock that says so."""
    with _one_at_a_time(state):
        folder = StackFolder(state / f"{os.getpid()}-{secrets.token_hex(3)}")
        try:
            folder.processes.mkdir(parents=True)
            folder.log("kafka").parent.mkdir()
            lock = folder.claim()
            Identity.of(os.getpid()).write(folder.processes / "owner.json")
        except BaseException:
            _delete(folder.path)
            raise
        return folder, lock


def stacks(state: Path = STATE) -> list[StackFolder]:
    """Every stack on disk, running or left over."""
    return [
        StackFolder(path)
        for path in sorted(state.iterdir() if state.exists() else ())
        if NAMED.fullmatch(path.name)
    ]


def remove_leftovers(state: Path = STATE) -> list[StackFolder]:
    """Remove the stacks whose owner is gone, and return them; no other is touched."""
    with _one_at_a_time(state):
        left = [folder for folder in stacks(state) if not folder.is_owned()]
        for folder in left:
            folder.remove()
        return left


def remove_logs(state: Path = STATE) -> None:
    """Delete the logs kept of starts that failed."""
    shutil.rmtree(state / "failed", ignore_errors=True)


def tail(path: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, or a note that it is empty."""
    text = path.read_text(errors="replace") if path.exists() else ""
    return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"


def _delete(path: Path) -> None:
    """Delete a folder, even while the end of a killed start still writes into it."""
    until = time.monotonic() + DELETE_SECONDS
    while path.exists() and time.monotonic() < until:
        shutil.rmtree(path, ignore_errors=True)
        time.sleep(0.05 if path.exists() else 0)


@contextmanager
def _one_at_a_time(state: Path) -> Iterator[None]:
    """Keep a folder that is just being made from looking like a leftover."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
