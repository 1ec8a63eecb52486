"""Free TCP ports on the loopback."""

import fcntl
import os
import random
import socket
from contextlib import ExitStack
from pathlib import Path
from tempfile import gettempdir

# Below what Linux (32768) and macOS (49152) hand to outgoing connections: none of those can take a
# port between its choice and the server's start.
LOWEST, HIGHEST = 20_000, 32_000
_CLAIM = f"localpound-{os.getuid()}-port-{{}}.lock"


def claim_or_any(wanted: int, held: ExitStack) -> int:
    """Return the wanted port of 127.0.0.1 where it is free, and claim it; else any free one.

    The claim is a lock that lasts until `held` is closed: a service takes seconds until it listens,
    and what else starts here meanwhile would find the port free.
    """
    try:
        claim = held.enter_context((Path(gettempdir()) / _CLAIM.format(wanted)).open("ab"))
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            candidate.bind(("127.0.0.1", wanted))
    except OSError:
        return free_ports(1)[0]
    return wanted


def free_ports(count: int) -> list[int]:
    """Return that many different ports of 127.0.0.1 on which nothing listens."""
    with ExitStack() as held:
        ports: list[int] = []
        while len(ports) < count:
            port = random.SystemRandom().randint(LOWEST, HIGHEST)
            candidate = held.enter_context(socket.socket())
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
        return ports
