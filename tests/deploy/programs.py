"""Small programs that stand in for owners and servers, and waiting for what they do."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
STUBBORN = [sys.executable, "-c", DEAF]

OWNER = """
import signal, sys, time
from pathlib import Path
from deploy.local.keeper import Server
from deploy.local.keeping import keeping

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, under which the tests may run, ignores it
with keeping(Path(sys.argv[1])) as keeper:
    pid = keeper.start(Server("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"]))
    print(pid, keeper.folder.path, flush=True)
    sys.stdin.read()
"""


def python(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Run a program that can import `deploy`; its input and output are pipes."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until it holds; False when the time is up."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
