"""notify as a process, in a schema and under a prefix of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from deploy.local.addresses import Addresses
from deploy.local.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 30


def environment_of(addresses: Addresses, name: str, **settings: str) -> dict[str, str]:
    """What a notify goes by whose schema is `name`; `settings` are its own, without the prefix."""
    return {
        **os.environ,
        **addresses.environment(),
        "LOCALPOUND_DATABASE_SCHEMA": name,
        "LOCALPOUND_TOPIC_PREFIX": name,
        "LOCALPOUND_GROUP_PREFIX": name,
        "LOCALPOUND_LOG_LEVEL": "WARNING",
        "LOCALPOUND_NOTIFY_ALLOW_PRIVATE_WEBHOOKS": "true",
        **{f"LOCALPOUND_NOTIFY_{key.upper()}": value for key, value in settings.items()},
    }


def start(environment: dict[str, str], port: int, instance: str = "1") -> subprocess.Popen[bytes]:
    """Start a process; it may not be ready yet."""
    own = {"LOCALPOUND_NOTIFY_HTTP_PORT": str(port), "LOCALPOUND_INSTANCE": instance}
    return subprocess.Popen(
        [sys.executable, "-m", "services.notify", "serve"], cwd=ROOT, env=environment | own
    )


def wait_ready(process: subprocess.Popen[bytes], port: int) -> None:
    """Return once it is ready; TimeoutError when it takes too long or ends."""
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError("notify did not become ready")


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run one, ready, for the block."""
    [port] = free_ports(1)
    process = start(environment, port)
    try:
        wait_ready(process, port)
        yield process
    finally:
        process.kill()
        process.wait()
