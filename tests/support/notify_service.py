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


def environment_of(
    addresses: Addresses, prefix: str, *, schema: str, **settings: str
) -> dict[str, str]:
    """What a notify goes by; `settings` are its own, without the prefix of their names."""
    return {
        **os.environ,
        **addresses.environment(),
        "LOCALPOUND_DATABASE_SCHEMA": schema,
        "LOCALPOUND_TOPIC_PREFIX": prefix,
        "LOCALPOUND_GROUP_PREFIX": prefix,
        "LOCALPOUND_LOG_LEVEL": "WARNING",
        "LOCALPOUND_NOTIFY_ALLOW_PRIVATE_WEBHOOKS": "true",
        **{f"LOCALPOUND_NOTIFY_{key.upper()}": value for key, value in settings.items()},
    }


class Replicas:
    """Processes of one notify, which can be killed and started again."""

    def __init__(self, environment: dict[str, str], count: int) -> None:
        self._environment = environment
        self._ports = free_ports(count)
        self.processes = [self._start(number) for number in range(count)]

    @classmethod
    @contextmanager
    def running(cls, environment: dict[str, str], count: int) -> Iterator["Replicas"]:
        """Run them for the block; they may not be ready yet."""
        replicas = cls(environment, count)
        try:
            yield replicas
        finally:
            for process in replicas.processes:
                process.kill()
                process.wait()

    def kill_and_start(self, number: int) -> None:
        """Kill one by SIGKILL and start it again."""
        self.processes[number].kill()
        self.processes[number].wait()
        self.processes[number] = self._start(number)

    def wait_ready(self) -> None:
        """Return once all are ready; TimeoutError when one takes too long or ends."""
        for process, port in zip(self.processes, self._ports, strict=True):
            _wait_ready(process, port)

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        own = {
            "LOCALPOUND_NOTIFY_HTTP_PORT": str(self._ports[number]),
            "LOCALPOUND_INSTANCE": str(number + 1),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "services.notify", "serve"],
            cwd=ROOT,
            env=self._environment | own,
        )


def _wait_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError("notify did not become ready")
