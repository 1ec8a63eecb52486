"""`python -m deploy.demo` as people run it: it ends well, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from rich.console import Console

from deploy.demo.__main__ import FAILED, INTERRUPTED, main, serve
from deploy.local.addresses import Addresses
from deploy.local.keeping import ROOT
from deploy.local.state import STATE, stacks

Demo = subprocess.Popen[str]


@contextmanager
def demo(given: Addresses, *arguments: str) -> Iterator[Demo]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "deploy.demo", *arguments],
        env=os.environ | given.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(process: Demo, words: str) -> str:
    """What it said until it said these words."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return "".join(said)
    raise AssertionError(said, process.stderr)


async def left_behind(given: Addresses, pid: int) -> list[str]:
    """What is still there of the demo with this process id."""
    database = await asyncpg.connect(given.database)
    names = await database.fetch("select datname from pg_database where datname like '%demo%'")
    await database.close()
    admin = AIOKafkaAdminClient(bootstrap_servers=given.kafka)
    await admin.start()
    topics = [topic for topic in await admin.list_topics() if "demo" in topic]
    await admin.close()
    folders = [
        folder.path.name for folder in stacks(STATE) if folder.path.name.startswith(f"{pid}-")
    ]
    return [*(row["datname"] for row in names), *topics, *folders]


WATCHED = {"TTY_COMPATIBLE": "1", "NO_COLOR": "1", "COLUMNS": "140"}
"""What rich takes for a terminal, so that the demo serves until Ctrl-C."""


async def test_it_plays_the_year_serves_and_ends_by_ctrl_c_without_a_trace(
    given: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WATCHED.items():
        monkeypatch.setenv(name, value)
    with demo(given) as process:
        said = wait_for(process, "Everything runs until")
        services = [
            child
            for child in psutil.Process(process.pid).children(recursive=True)
            if "services." in " ".join(child.cmdline())
        ]
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=60)
        assert process.returncode == 0, complaints
    assert complaints == ""
    for words in ("everything", "quarantined", "End of life", "£19.87m", "curl -s", "kcat"):
        assert words in said
    assert "DO NOT" not in said
    assert len(services) == 5
    assert not any(service.is_running() for service in services)
    assert await left_behind(given, process.pid) == []


@pytest.mark.parametrize(
    ("asked", "code"), [(signal.SIGINT, INTERRUPTED), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
async def test_a_request_to_end_is_heard_at_any_moment(
    given: Addresses, asked: signal.Signals, code: int
) -> None:
    with demo(given) as process:
        wait_for(process, "are migrated")
        process.send_signal(asked)
        assert process.wait(timeout=60) == code
    assert await left_behind(given, process.pid) == []


def test_it_ends_when_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    serve(Console())
    assert "No terminal watches: everything stops" in capsys.readouterr().out


def test_a_folder_without_data_is_said_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path)]) == FAILED
    assert "has no registers" in capsys.readouterr().err
