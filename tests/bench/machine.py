"""What processes cost: CPU seconds and memory, by the operating system's own accounts."""

import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psutil

from deploy.local.addresses import KAFKA_VERSION, POSTGRES_VERSION


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
    """The largest resident size of each process, in MB, looked at four times a second.

    `pids` may come to name others in the course of the block.
    """
    peaks = dict.fromkeys(pids, 0.0)
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.25):
            for name, pid in dict(pids).items():
                try:
                    process = psutil.Process(pid)
                    sizes = [
                        one.memory_info().rss
                        for one in (process, *process.children(recursive=True))
                    ]
                except psutil.NoSuchProcess:
                    continue
                peaks[name] = max(peaks.get(name, 0.0), max(sizes) / 2**20)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()
