"""How a service runs: HTTP door, consumers and background loops in one process, or none of them."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import uvicorn
import uvloop
from aiokafka.errors import KafkaError
from fastapi import FastAPI

from shared.access import Guard, check_doors
from shared.access.issuer import Issuer
from shared.access.pace import Pace
from shared.access.revoked import Revoked
from shared.door.http_protocol import DoorProtocol
from shared.errors import Misconfigured
from shared.kafka.consumers import Consumers
from shared.logs import configure_logs, logger
from shared.memory import keep_freed_memory, spare_the_collector
from shared.settings import ServiceSettings

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)

Step = Callable[[], Awaitable[object]]

_IDLE_SECONDS = 75
"""A connection that is idle is closed by whoever keeps it for less: clients and proxies, most of
which do so for 5 to 60 seconds. A door that does sends a reset to who asks in that moment.
"""


@dataclass(frozen=True)
class Service:
    """The wired parts of a service; `before` runs before anything is consumed, `after` last."""

    app: FastAPI
    consumers: Consumers
    loops: Sequence[Step] = field(default=())
    before: Sequence[Step] = field(default=())
    after: Sequence[Step] = field(default=())


def run(build: Callable[[SettingsT], Service], settings: SettingsT) -> int:
    """Build and serve in a fresh event loop; the exit code.

    A wrong setting is said plainly (2), and so is a database or broker that is not there (1).
    """
    configure_logs(settings.service, settings.log_level)

    async def main() -> int:
        locked = Guard(settings.token_key, map(Issuer, settings.issuers)).locked
        check_doors(settings.http_host, locked=locked, may_be_open=settings.open_doors)
        service = build(settings)
        spare_the_collector()
        keep_freed_memory()
        return await serve(service, settings)

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(main())
    except Misconfigured as error:
        logger.error("service.misconfigured", error=str(error))
        return 2
    except (OSError, KafkaError) as error:
        # Of what was asked first: once the service runs, each part answers for its own.
        logger.error(
            "service.not_started",
            error=repr(error),
            hint="do LOCALPOUND_DATABASE and LOCALPOUND_KAFKA name what runs?",
        )
        return 1


def guard_of(settings: ServiceSettings) -> Guard:
    """The check of a service's doors, as its settings say.

    Misconfigured: the file of revoked tokens can't be read.
    """
    return Guard(
        settings.token_key,
        [Issuer(each) for each in settings.issuers],
        Pace(settings.requests_per_second, settings.requests_at_once),
        revoked=Revoked(settings.revoked_tokens),
    )


async def serve(service: Service, settings: ServiceSettings) -> int:
    """Run until a signal (exit code 0) or until any part fails (1): a supervisor starts it anew."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    server = _QuietServer(
        uvicorn.Config(
            service.app,
            host=settings.http_host,
            port=settings.http_port,
            http=DoorProtocol,
            log_config=None,
            lifespan="off",
            access_log=False,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=5,
        )
    )
    stop = asyncio.ensure_future(stopping.wait())
    tasks: list[asyncio.Future[Any]] = []
    try:
        starting = asyncio.ensure_future(_start(service))
        await asyncio.wait([starting, stop], return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.wait([starting])
            return 0
        starting.result()
        parts: tuple[Step, ...] = (server.serve, service.consumers.watch, *service.loops)
        tasks = [asyncio.ensure_future(step()) for step in parts]
        logger.info("service.started", port=settings.http_port)
        await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
        failed = [task for task in tasks if task.done()]
        for task in failed:
            logger.error("service.part_failed", error=repr(task.exception()))
        await _stop(service, server, tasks)
        return 1 if failed else 0
    finally:
        stop.cancel()
        for step in service.after:
            await step()


async def _start(service: Service) -> None:
    for step in service.before:
        await step()
    await service.consumers.start()


async def _stop(
    service: Service, server: "_QuietServer", tasks: Sequence[asyncio.Future[Any]]
) -> None:
    server.should_exit = True
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(service.consumers.stop(), 15)
    await asyncio.wait(tasks[:1], timeout=6)  # the door answers what it has begun
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _QuietServer(uvicorn.Server):
    """Leaves signals to `serve`, which stops every part in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
