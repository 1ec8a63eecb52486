"""The process in which a service imports files: `python -m services.ingest.imports.import_process`.

Apart from the service, whose doors and consumers would wait while a file is read. It is given its
settings on standard input and ends with that: a killed service leaves no importer behind. It says
on standard output how each import ended, one line each.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

import orjson
import uvloop

from services.ingest.clock import clock
from services.ingest.imports.import_waiting import import_waiting
from services.ingest.reading.limits import Limits
from services.ingest.settings import Settings
from services.ingest.take_id_key import take_id_key
from shared.command_line import FAILED
from shared.database import DATABASE_ERRORS, open_engine
from shared.errors import Retryable
from shared.logs import configure_logs, logger
from shared.memory import spare_the_collector

PROGRAM = "services.ingest.imports.import_process"
_CONNECTIONS = 4


def describe(settings: Settings, worker: UUID) -> bytes:
    """What the process must know, as one line; `worker` is its name."""
    said = {
        "database": settings.database,
        "schema": settings.schema_name,
        "log_level": settings.log_level,
        "limits": asdict(settings.limits),
        "worker": worker,
    }
    return orjson.dumps(said) + b"\n"


def read_end(line: bytes) -> tuple[str, Mapping[str, int]]:
    """What one line of its output says: in which state an import ended, and its rows by outcome."""
    state, rows = orjson.loads(line)
    return state, rows


def _say_end(state: str, rows: Mapping[str, int]) -> None:
    sys.stdout.buffer.write(orjson.dumps((state, rows)) + b"\n")
    sys.stdout.buffer.flush()


def _end_with(parent: int) -> None:
    os.read(parent, 1)
    os._exit(1)


async def _main(database: str, schema: str, limits: Limits, worker: UUID) -> None:
    engine = open_engine(database, schema, connections=_CONNECTIONS)
    try:
        await take_id_key(engine)
        await import_waiting(engine, clock, limits, worker, _say_end)
    finally:
        await engine.dispose()


def main() -> None:
    """Import what waits, and end."""
    said = orjson.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    configure_logs(Settings.service, said["log_level"])
    spare_the_collector()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            limits, worker = Limits(**said["limits"]), UUID(said["worker"])
            runner.run(_main(said["database"], said["schema"], limits, worker))
    except (Retryable, *DATABASE_ERRORS) as error:
        logger.warning("import.interrupted", error=repr(error))
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
