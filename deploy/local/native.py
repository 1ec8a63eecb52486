"""The stack without Docker: both servers started at once, under one keeper."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
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
_ATTEMPTS = 3
_PORT_TAKEN = "Address already in use"
"""What both servers log; their ports must be known before they take them, seconds later."""


@contextmanager
def native_stack(
    state: Path = STATE, *, kafka: Settings | None = None, postgres: Settings | None = None
) -> Iterator[Addresses]:
    """Run Kafka and PostgreSQL as processes of this machine, with fresh data, for the block."""
    remove_leftovers(state)
    with ExitStack() as running:
        broker, database = _start_both(running, state, kafka, postgres)
        yield Addresses(
            kafka=broker.address,
            database=database.url,
            kind="native",
            pids={"kafka": broker.pid, "postgres": database.pid},
            data={"kafka": broker.data, "postgres": database.data},
        )


def _start_both(
    running: ExitStack, state: Path, kafka: Settings | None, postgres: Settings | None
) -> tuple[Broker, Database]:
    """Both servers, which end with `running`; anew where another took a port that was free."""
    for left in reversed(range(_ATTEMPTS)):
        with ExitStack() as attempt:
            keeper = attempt.enter_context(keeping(state))
            try:
                broker_starts = _begin(partial(start_kafka, keeper, kafka))
                database_starts = _begin(partial(start_postgres, keeper, postgres))
                database: Database = database_starts()
                broker: Broker = broker_starts()
            except StackFailed as error:
                if left and any(_PORT_TAKEN in log for log in keeper.folder.read_logs()):
                    continue
                logs = keeper.folder.keep_logs()
                raise StackFailed(f"{error}\nThe whole logs are kept in {logs}") from error
            running.push(attempt.pop_all())
            return broker, database
    raise AssertionError("the last attempt returns or raises")


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
