"""What processes cost: CPU seconds and memory, by the operating system's own accounts."""

import os
import platform
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import psutil

from deploy.local.addresses import KAFKA_VERSION, POSTGRES_VERSION

_LOOK_SECONDS = 1.0


def versions() -> dict[str, str]:
    """The versions that a figure depends on."""
    own = ("faststream", "aiokafka", "asyncpg", "pydantic", "sqlalchemy")
    return {
        "python": platform.python_version(),
        "kafka": KAFKA_VERSION,
        "postgresql": POSTGRES_VERSION,
    } | {name: version(name) for name in own}


def cpu_seconds(pids: dict[str, int]) -> dict[str, float]:
    """User and system seconds that each process and its children, ended ones too, have used."""
    return {name: _tree_seconds(psutil.Process(pid)) for name, pid in pids.items()}


def _tree_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    reaped = times.children_user + times.children_system
    living = sum(_tree_seconds(child) for child in process.children())
    return times.user + times.system + reaped + living


def folder_bytes(folder: Path) -> int:
    """Bytes on disk below a folder."""
    total = 0
    for path, _, files in os.walk(folder):
        for name in files:
            try:
                total += (Path(path) / name).stat().st_blocks * 512
            except FileNotFoundError:
                continue
    return total


@contextmanager
def peak_memory(pids: dict[str, int]) -> Iterator[dict[str, float]]:
    """The largest resident size that each process ever had, in MB, its children's beside it.

    Asked once a second: to look costs what is measured. `pids` may come to name others in the
    course of the block.
    """
    peaks = dict.fromkeys(pids, 0.0)
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOK_SECONDS):
            children = _children()
            for name, pid in dict(pids).items():
                sizes = map(_peak_bytes, _family(pid, children))
                peaks[name] = max(peaks.get(name, 0.0), max(sizes) / 2**20)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()


def _children() -> dict[int, list[int]]:
    """The children of every process, in one look at all of them."""
    children: dict[int, list[int]] = {}
    for process in psutil.process_iter(["ppid"]):
        children.setdefault(process.info["ppid"], []).append(process.pid)
    return children


def _family(pid: int, children: dict[int, list[int]]) -> Iterator[int]:
    yield pid
    for child in children.get(pid, []):
        yield from _family(child, children)


def _peak_bytes(pid: int) -> int:
    """What Linux kept as a process's largest resident size; elsewhere its size now; 0 if ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        with suppress(psutil.NoSuchProcess):
            return int(psutil.Process(pid).memory_info().rss)
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
