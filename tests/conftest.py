"""The real broker and database for every test that asks, a fresh schema and prefix for each."""

import asyncio
import gc
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from deploy.local.stack import stack as start_stack
from services.api.withheld import withheld_ids
from services.ingest.keyed_ids import use_key
from services.ingest.tables import id_key
from shared.database import open_engine
from shared.metrics import REQUEST_SECONDS
from tests.support.data import data_folder
from tests.support.documented_answers import undocumented
from tests.support.schemas import Schemas

# One commit, one result: the same examples each time, however busy the machine. `make explore`
# seeks new ones.
settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", max_examples=1000, print_blob=True)
settings.load_profile("same")


# A shell lets what it starts in the background ignore Ctrl-C, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What is thrown away at the end need outlive no crash of the machine, and tests have a server for
# each worker: small tables, and each server's memory in use for as long as they run.
_NOTHING_TO_KEEP = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "256MB"}


def pytest_collection_finish() -> None:
    """What stands once all is collected is no garbage, and tests make little: a sixth of their time
    went into looks for it. Often enough still for what was left open to be told soon after.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def stack() -> Iterator[Addresses]:
    """Kafka and PostgreSQL: those given, Docker's, or native ones started for this session."""
    with start_stack(postgres=_NOTHING_TO_KEEP) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; without it the test is skipped, saying so."""
    folder = data_folder()
    if folder is None:
        pytest.skip("the folder of real data is not here: LOCALPOUND_DATA may name it")
    return folder


@pytest.fixture
def prefix() -> str:
    """A name of this test alone, for its topics, groups and schemas."""
    return f"t{secrets.token_hex(4)}"


_ID_KEY = b"the key of every test of ingest."
use_key(_ID_KEY)  # also for what tests name while they are collected
withheld_ids.use_key(_ID_KEY)


@pytest.fixture(autouse=True)
def _the_id_key_of_tests() -> None:
    """Whatever a process took that ran in this one before."""
    use_key(_ID_KEY)
    withheld_ids.use_key(_ID_KEY)


async def _have_it_keyed(engine: AsyncEngine) -> None:
    async with engine.begin() as tx:
        await tx.execute(update(id_key).values(key=_ID_KEY))


MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


@pytest.fixture(scope="session")
def schemas(stack: Addresses) -> Iterator[Schemas]:
    """The migrated schemas that tests take from each other."""
    schemas = Schemas({"ingest": _have_it_keyed})
    yield schemas

    async def drop() -> None:
        engine = open_engine(stack.database, "public")
        await schemas.drop_all(engine)
        await engine.dispose()

    asyncio.run(drop())


@pytest.fixture
async def engine_for(stack: Addresses, schemas: Schemas, prefix: str) -> AsyncIterator[MakeEngine]:
    """Makes an engine on a migrated, empty schema of the service that is named."""
    made: list[tuple[AsyncEngine, str, str]] = []

    async def make(service: str) -> AsyncEngine:
        schema = f"{prefix}_{service}"
        engine = open_engine(stack.database, schema)
        made.append((engine, service, schema))
        await schemas.take(engine, service, schema)
        return engine

    yield make
    for engine, service, schema in made:
        await schemas.give_back(engine, service, schema)
        await engine.dispose()


_loopback_only = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that did not ask for the stack reaches no server; none reaches beyond loopback."""
    asked = "stack" in request.fixturenames or request.node.get_closest_marker("loopback")
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "unix"
        if host not in {*_loopback_only, "unix"}:
            pytest.fail(f"a test tried to reach {host}")
        if not asked and host != "unix":
            pytest.fail("a test reached a server without asking for the `stack` fixture")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _documented_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test asks of a door: the door's OpenAPI document says the status of the answer."""
    answered: set[tuple[str, str, int]] = set()
    labels = REQUEST_SECONDS.labels

    def noted(method: str, route: str, status: int) -> Any:
        answered.add((method, route, status))
        return labels(method, route, status)

    monkeypatch.setattr(REQUEST_SECONDS, "labels", noted)
    yield
    unsaid = sorted(answer for answer in answered if undocumented(*answer))
    assert not unsaid, f"no document says these answers; give the routes `responses`: {unsaid}"
