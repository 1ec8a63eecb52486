"""The four services as processes beside a running stack: for demo, benchmarks and tests."""

import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.local.addresses import Addresses, StackFailed
from deploy.local.keeper import Server
from deploy.local.keeping import ROOT, Keeping, keeping
from deploy.local.ports import claim_or_any, free_ports
from deploy.local.processes import Identity
from deploy.local.state import STATE, tail

SERVICES = ("ingest", "classify", "notify", "api")
_USUAL_PORTS = {"api": 8100, "ingest": 8101, "classify": 8102, "notify": 8103, "api-2": 8104}
_READY_SECONDS = 60.0


@dataclass
class Services:
    """Running services by name; each can be killed and started again on the port that it had.

    `api` is a service's first replica, `api-2` its second.
    """

    keeper: Keeping
    environment: dict[str, str]
    ports: dict[str, int]
    processes: dict[str, Identity] = field(default_factory=dict)
    start_seconds: dict[str, float] = field(default_factory=dict)
    own_settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _started_at: dict[str, float] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """The address of a service's HTTP door."""
        return f"http://127.0.0.1:{self.ports[name]}"

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each service."""
        return {name: process.pid for name, process in self.processes.items()}

    def start(self, name: str) -> None:
        """Start one service; it may not be ready yet."""
        service, _, replica = name.partition("-")
        own = {
            "LOCALPOUND_INSTANCE": replica or "1",
            f"LOCALPOUND_{service.upper()}_HTTP_PORT": str(self.ports[name]),
            **self.own_settings.get(name, {}),
        }
        started = Server(
            name=name,
            argv=[sys.executable, "-m", f"services.{service}", "serve"],
            stops=["SIGTERM"],
            environment=self.environment | own,
        )
        self._started_at[name] = time.monotonic()
        self.processes[name] = Identity.of(self.keeper.start(started))

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal, SIGKILL by default, and return when the process is gone."""
        if process := self.processes[name].process():
            process.send_signal(number)
            process.wait(timeout=30)

    def wait_ready(self, *names: str) -> None:
        """Return when the named services (all by default) are ready; StackFailed shows the log."""
        for name in names or tuple(self.processes):
            self._wait(name)

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url(name)}/health/ready", timeout=5).is_success:
                    self.start_seconds[name] = time.monotonic() - self._started_at[name]
                    return
            except httpx.TransportError:
                if self.processes[name].process() is None:
                    break
            time.sleep(0.05)
        raise StackFailed(f"{name} did not become ready:\n{self.log_tail(name)}")

    def log(self, name: str) -> Path:
        """The log file of a service."""
        return self.keeper.folder.log(name)

    def log_tail(self, name: str) -> str:
        """The last lines that a service said."""
        return tail(self.log(name))


@contextmanager
def running_services(
    addresses: Addresses,
    environment: Mapping[str, str],
    *,
    names: tuple[str, ...] = SERVICES,
    own_settings: Mapping[str, Mapping[str, str]] | None = None,
    state: Path = STATE,
    usual_ports: bool = False,
) -> Iterator[Services]:
    """Run the named services for the block, ready; none is left afterwards.

    `environment` holds the LOCALPOUND_ variables that differ from the defaults, such as those of
    deploy.migrate.service_addresses, `own_settings` those of one of the names alone. With
    `usual_ports` each takes the port that it has by default, where that is free. Raises
    StackFailed, with the end of the service's log.
    """
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    with ExitStack() as held, keeping(state) as keeper:
        if usual_ports:
            ports = {name: claim_or_any(_USUAL_PORTS[name], held) for name in names}
        services = Services(
            keeper,
            {
                "PYTHONPATH": str(ROOT),
                **addresses.environment(),
                # The links in its messages lead to the port that was chosen here.
                "LOCALPOUND_NOTIFY_PUBLIC_URL": f"http://127.0.0.1:{ports.get('notify', 0)}",
                **environment,
            },
            ports,
            own_settings=own_settings or {},
        )
        for name in names:
            services.start(name)
        services.wait_ready()
        yield services
