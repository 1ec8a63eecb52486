"""The finance system of a benchmark, in a process of its own.

Reads the payments, says `ready`, waits for its input to close, publishes, prints its CPU seconds.
"""

import asyncio
import os
import sys
from pathlib import Path

from tests.support.finance_system import publish
from tests.support.postings import postings


def main(bootstrap: str, payments: str, data: str) -> None:
    """Publish `payments` payments, real ones where `data` names the folder."""
    held = list(postings(Path(data) if data else None, int(payments)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    asyncio.run(publish(bootstrap, held))
    spent = os.times()
    sys.stdout.write(f"{spent.user + spent.system}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
