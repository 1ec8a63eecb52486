"""The owner's side of the keeper."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.local.addresses import StackFailed
from deploy.local.keeper import Server
from deploy.local.processes import GRACE_SECONDS
from deploy.local.state import STATE, StackFolder, new_folder, tail

ROOT = Path(__file__).resolve().parents[2]


class Keeping:
    """Orders to the keeper of one stack; safe to use from several threads."""

    def __init__(self, folder: StackFolder) -> None:
        """Start the keeper of this folder."""
        self.folder = folder
        self._one_at_a_time = threading.Lock()
        with folder.log("keeper").open("ab") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-m", "deploy.local.keeper", str(folder.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": _search_path()},
                start_new_session=True,
            )
        assert self._keeper.stdin  # noqa: S101  for mypy: both are pipes
        assert self._keeper.stdout  # noqa: S101
        self._orders, self._answers = self._keeper.stdin, self._keeper.stdout

    def start(self, server: Server) -> int:
        """Start a server and return its process id, which is recorded by then."""
        with self._one_at_a_time:
            try:
                self._orders.write(server.order())
                self._orders.flush()
                answer = json.loads(self._answers.readline() or b"{}")
            except (OSError, ValueError):
                answer = {}
        if "pid" not in answer:
            gone = f"the keeper is gone:\n{tail(self.folder.log('keeper'))}"
            raise StackFailed(f"{server.name}: {answer.get('error', gone)}")
        return int(answer["pid"])

    def close(self) -> None:
        """End the servers and remove the folder, whether the keeper still lives or not."""
        with suppress(OSError):
            self._orders.close()
        with suppress(subprocess.TimeoutExpired):
            self._keeper.wait(timeout=4 * GRACE_SECONDS)
        self.folder.remove()
        self._keeper.wait()
        self._answers.close()


def _search_path() -> str:
    """The keeper imports `deploy` from this checkout, and the rest as its owner does."""
    return os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


@contextmanager
def keeping(state: Path = STATE) -> Iterator[Keeping]:
    """Make a stack folder with its keeper; nothing of it is left when the block ends."""
    folder, lock = new_folder(state)
    kept = None
    try:
        kept = Keeping(folder)  # a request to end may come before it is there
        yield kept
    finally:
        if kept is None:
            folder.remove()
        else:
            kept.close()
        lock.close()
