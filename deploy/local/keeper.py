"""The keeper: a small process that starts a stack's servers and never outlives its owner by long.

It is the servers' parent, so it reaps them, and it reads its orders from a pipe: when the pipe
ends, because the owner closed it or was killed, the keeper ends the servers and removes the folder.
"""

import json
import os
import pwd
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from deploy.local.processes import Identity
from deploy.local.state import StackFolder

# A child forked by the owner holds the pipe open too: so the owner itself is looked at as well.
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Server:
    """What to run: `stops` are the signals that end it, politest first; `user` is for root only.

    `environment` adds to the plain one.
    """

    name: str
    argv: list[str]
    stops: list[str] = field(default_factory=lambda: ["SIGTERM"])
    user: str | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def order(self) -> bytes:
        """Return itself as one line for the keeper."""
        return json.dumps(asdict(self)).encode() + b"\n"


def plain_environment() -> dict[str, str]:
    """The same few variables on every machine. macOS needs a locale for PostgreSQL to start."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def as_user(user: str | None) -> dict[str, Any]:
    """What `subprocess` takes to run a program as that user; nothing for None."""
    if user is None:
        return {}
    group = pwd.getpwnam(user).pw_gid
    return {"user": user, "group": group, "extra_groups": []}


def launch(server: Server, folder: StackFolder) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, out of reach of the terminal's Ctrl-C."""
    with folder.log(server.name).open("ab") as log:
        process = subprocess.Popen(
            server.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder.path if not server.user else "/",
            env=plain_environment() | server.environment,
            start_new_session=True,
            **as_user(server.user),
        )
    Identity.of(process.pid, server.stops).write(folder.processes / f"{server.name}.json")
    return process


def keep(folder: StackFolder) -> None:
    """Start what is ordered on standard input until its end, then end it all and clean up."""
    owner = Identity.read(folder.processes / "owner.json")
    Identity.of(os.getpid()).write(folder.processes / "keeper.json")
    children: list[subprocess.Popen[bytes]] = []
    try:
        for line in _orders(owner, children):
            answer: dict[str, int | str]
            try:
                children.append(launch(Server(**json.loads(line)), folder))
                answer = {"pid": children[-1].pid}
            except (OSError, psutil.Error) as error:
                answer = {"error": str(error)}
            os.write(1, json.dumps(answer).encode() + b"\n")
    except BrokenPipeError:
        pass
    finally:
        folder.remove()


def _orders(owner: Identity | None, children: list[subprocess.Popen[bytes]]) -> Iterator[bytes]:
    waiting = b""
    while owner and owner.process():
        for child in children:
            child.poll()  # reaps one that ended by itself
        if not select.select([0], [], [], LOOK_SECONDS)[0]:
            continue
        read = os.read(0, 65536)
        if not read:
            return
        *lines, waiting = (waiting + read).split(b"\n")
        yield from lines


def main() -> None:
    """Run as `python -m deploy.local.keeper FOLDER`, by `Keeping` only."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    keep(StackFolder(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
