"""What a door says of a request that it refuses, and of a database that is away or busy."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, NoSuchColumnError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from shared.database import begin, driver, is_of_ours, open_engine
from shared.door.web import open_door


async def ready() -> list[str]:
    return []


async def ask(app: FastAPI) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        return await client.get("/work")


def door(work: Any) -> FastAPI:
    app = open_door("A door", "", ready)
    app.get("/work")(work)
    return app


def is_another_try(answer: httpx.Response) -> bool:
    return (
        answer.status_code == 503
        and int(answer.headers["retry-after"]) > 0
        and answer.headers["content-type"] == "application/problem+json"
    )


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DeadlockDetectedError("deadlock detected"),
        asyncpg.AdminShutdownError("terminating connection"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.TooManyConnectionsError("too many clients"),
        asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
        asyncpg.InterfaceError("cannot perform operation: connection is closed"),
        asyncpg.InterfaceError(
            "cannot call Transaction.start(): the underlying connection is closed"
        ),
        asyncpg.InterfaceError("pool is closing"),
        asyncpg.InterfaceError("cannot perform operation: another operation is cancelling"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation is in progress"),
        ConnectionRefusedError(111, "refused"),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_passes_asks_for_another_try(error: Exception) -> None:
    async def work() -> None:
        raise error

    assert is_another_try(await ask(door(work)))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (asyncpg.UniqueViolationError("twice"), 500),
        (asyncpg.UndefinedTableError("no such table"), 500),
        (asyncpg.InterfaceError("the number of query arguments cannot exceed 32767"), 500),
        (
            asyncpg.InterfaceError("the server expects 1 argument for this query, 2 were passed"),
            500,
        ),
        (asyncpg.InterfaceError("another operation is in progress"), 500),
        (asyncpg.NumericValueOutOfRangeError("too large"), 422),
        (KeyError("ours"), 500),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_does_not_pass_does_not_say_so(error: Exception, status: int) -> None:
    async def work() -> None:
        raise error

    answer = await ask(door(work))
    assert answer.status_code == status
    assert "retry-after" not in answer.headers
    told = answer.json()
    assert status != 500 or told["reference"] in told["detail"]


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (asyncpg.UndefinedColumnError("no such column"), True),
        (asyncpg.InsufficientPrivilegeError("permission denied"), False),
        (asyncpg.InvalidCatalogNameError("no such database"), False),
        (asyncpg.AdminShutdownError("terminating connection"), False),
        (asyncpg.InterfaceError("the number of query arguments cannot exceed 32767"), True),
        (asyncpg.InterfaceError("connection is closed"), False),
        (asyncpg.ClientConfigurationError("Unsupported TLS version"), False),
        (ConnectionRefusedError(111, "refused"), False),
    ],
    ids=lambda said: type(said).__name__,
)
def test_a_wrong_statement_is_no_fault_of_the_database(error: Exception, *, ours: bool) -> None:
    assert is_of_ours(error) is ours
    assert is_of_ours(DBAPIError("select", None, _of_driver(error))) is ours


def test_a_server_whose_greeting_the_driver_does_not_know_is_no_fault_of_the_program() -> None:
    unknown = asyncpg.InterfaceError("unsupported authentication method requested by the server")
    assert not is_of_ours(DBAPIError(None, None, _of_driver(unknown)))


def test_what_sqlalchemy_itself_refuses_is_ours_but_for_its_waiting() -> None:
    assert is_of_ours(NoSuchColumnError("none"))
    assert not is_of_ours(PoolTimeout("no connection is free"))


def _of_driver(cause: Exception) -> Exception:
    """As SQLAlchemy has the driver's errors."""
    error = Exception("of the driver")
    error.__cause__ = cause
    return error


@pytest.fixture
async def engine(stack: Addresses) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(stack.database, "public")
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("through", ["driver", "SQLAlchemy"])
async def test_a_session_that_the_server_ends_asks_for_another_try(
    engine: AsyncEngine, through: str
) -> None:
    end = "select pg_terminate_backend(pg_backend_pid())"

    async def work() -> None:
        async with begin(engine) as tx:
            if through == "driver":
                await (await driver(tx)).execute(end)
            else:
                await tx.execute(text(end))

    assert is_another_try(await ask(door(work)))


async def test_a_request_without_its_body_is_told_that_the_body_is_missing() -> None:
    async def work(given: dict[str, str]) -> None:
        """Take a body."""

    app = open_door("A door", "", ready)
    app.post("/work")(work)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        answer = await client.post("/work")
    assert (answer.status_code, answer.json()["detail"]) == (422, "the body: is missing")


async def test_an_address_that_there_is_not_leads_to_those_that_there_are() -> None:
    transport = httpx.ASGITransport(app=open_door("A door", "", ready))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        unknown, wrong = await client.get("/nothing"), await client.post("/health/live")
    assert (unknown.status_code, wrong.status_code) == (404, 405)
    assert unknown.json()["detail"].endswith("/docs lists those that there are")
    assert wrong.json()["detail"] == "not by this method: `Allow` names those of this address"


@pytest.mark.parametrize("through", ["driver", "SQLAlchemy"])
@pytest.mark.parametrize(
    ("statement", "values", "status"),
    [
        (f"select 1 where 0 in ({', '.join(f'${n}::int' for n in range(1, 32_769))})", 32_768, 500),
        ("select $1::int", 2**40, 422),
        ("select $1::text", "\ud800", 422),
    ],
    ids=["too many values", "too large a number", "half of a character"],
)
async def test_a_statement_that_the_driver_refuses_is_not_tried_for_ever(
    engine: AsyncEngine, through: str, statement: str, values: Any, status: int
) -> None:
    given = [0] * values if values == 32_768 else [values]

    async def work() -> None:
        async with begin(engine) as tx:
            if through == "driver":
                await (await driver(tx)).fetch(statement, *given)
            else:
                await tx.exec_driver_sql(statement, tuple(given))

    answer = await ask(door(work))
    assert (answer.status_code, "retry-after" in answer.headers) == (status, False)
