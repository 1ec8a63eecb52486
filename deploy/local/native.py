"""The stack without Docker: both servers started at once, under one keeper."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from deploy.local.addresses import Addresses, StackFailed
from deploy.local.kafka import Broker, start_kafka
from deploy.local.keeping import keeping
from deploy.local.postgres import Database, start_postgres
from deploy.local.state import STATE, remove_leftovers

Settings = Mapping[str, str]
Result = TypeVar("Result")


@contextmanager
def native_stack(
    state: Path = STATE, *, kafka: Settings | None = None, postgres: Settings | None = None
) -> Iterator[Addresses]:
    """Run Kafka and PostgreSQL as processes of this machine, with fresh data, for the block."""
    remove_leftovers(state)
    with keeping(state) as keeper:
        try:
            broker_starts = _begin(lambda: start_kafka(keeper, kafka))
            database_starts = _begin(lambda: start_postgres(keeper, postgres))
            database: Database = database_starts()
            broker: Broker = broker_starts()
        except StackFailed as error:
            logs = keeper.folder.keep_logs()
            raise StackFailed(f"{error}\nThe whole logs are kept in {logs}") from error
        yield Addresses(
            kafka=broker.address,
            database=database.url,
            kind="native",
            pids={"kafka": broker.pid, "postgres": database.pid},
            data={"kafka": broker.data, "postgres": database.data},
        )


def _begin(work: Callable[[], Result]) -> Callable[[], Result]:
    """Start `work` in a thread that no exit waits for; the result waits, or raises what it did."""
    done: SimpleQueue[Result | BaseException] = SimpleQueue()

    def outcome() -> None:
        try:
            done.put(work())
        except BaseException as error:  # noqa: BLE001  handed to the thread that waits for it
            done.put(error)

    Thread(target=outcome, daemon=True).start()

    def result() -> Result:
        found = done.get()
        if isinstance(found, BaseException):
            raise found
        return found

    return result
