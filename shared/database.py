"""The database: an engine bound to one schema, and the check that the schema is up to date."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.errors import Misconfigured
from shared.logs import logger

DATABASE_ERRORS = (
    OSError,
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # What asyncpg 0.32 says when the server's farewell arrives in the middle of its own question.
    asyncpg.InternalClientError,
)
"""What is raised when the database goes away, through SQLAlchemy or beside it."""

_PASSING = (
    OSError,
    PoolTimeout,
    asyncpg.InternalClientError,
    asyncpg.ProtocolError,
    asyncpg.OutdatedSchemaCacheError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
)
_OF_A_LOST_SESSION = re.compile(
    r"connection is closed|pool is clos|has been released back to the pool|is cancelling|has ended"
)
"""What asyncpg 0.32 has no class for: an InterfaceError is a session that is gone, or a misuse."""

_OF_OUR_STATEMENTS = (
    asyncpg.SyntaxOrAccessError,
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
)
_ANSWER_SECONDS = 2
_ROOT = Path(__file__).resolve().parent.parent


def open_engine(
    address: str, schema: str, *, synchronous_commit: bool = True, connections: int = 10
) -> AsyncEngine:
    """An engine whose every connection works in `schema`.

    `synchronous_commit` False gives up the last moments of work on a crash of the server; only a
    store that can be rebuilt may ask for it.
    """
    url = make_url(address).set(drivername="postgresql+asyncpg")
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_use_lifo=True,  # whose statements are prepared, and planned by what it learnt
        pool_pre_ping=True,
        json_deserializer=_read_json,
        hide_parameters=True,  # bound values hold names; errors are logged
        connect_args={
            "server_settings": {
                "search_path": schema,
                "timezone": "UTC",
                "application_name": f"localpound-{schema}",
                "synchronous_commit": "on" if synchronous_commit else "off",
            },
        },
    )


def _read_json(text: str) -> Any:
    """A fifth of the time that the standard library takes; it knows what a `json` column may hold
    beside: half of a character.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


@asynccontextmanager
async def begin(engine: AsyncEngine, *, keep: bool = True) -> AsyncIterator[AsyncConnection]:
    """A transaction that SQLAlchemy and the driver's own connection share from its first moment.

    Unless `keep`, all that was done in it is taken back at its end.

    SQLAlchemy opens a transaction only at its first statement; what the driver did before that
    would commit by itself.
    """
    async with engine.connect() as tx, tx.begin() as transaction:
        await tx.execute(text("select 1"))
        yield tx
        if not keep:
            await transaction.rollback()


@asynccontextmanager
async def begin_in(session: AsyncConnection) -> AsyncIterator[AsyncConnection]:
    """The same on a connection that has no transaction open, for one that needs its session."""
    async with session.begin():
        await session.execute(text("select 1"))
        yield session


async def driver(tx: AsyncConnection) -> Any:
    """The asyncpg connection under a transaction made by `begin`, for COPY and unnest."""
    connection = await raw_connection(tx)
    if not connection.is_in_transaction():
        raise RuntimeError("the transaction was not opened by shared.database.begin")
    return connection


async def raw_connection(connection: AsyncConnection) -> Any:
    """The asyncpg connection itself, in no transaction but those that the caller opens on it."""
    return (await connection.get_raw_connection()).driver_connection


def is_passing(error: BaseException) -> bool:
    """Whether the same work may well succeed in a moment: the database was away, full, or chose us.

    Chose us: of two transactions that wait for each other, as the one to give way.
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    cause = _of_driver(error)
    return isinstance(cause, _PASSING) or (
        isinstance(cause, asyncpg.InterfaceError) and _is_of_a_lost_session(cause)
    )


def is_of_ours(error: BaseException) -> bool:
    """Whether a database that answers as it should was asked what it can't be: a fault of the
    program, which nobody mends by looking after the database.
    """
    if isinstance(error, SQLAlchemyError) and not isinstance(error, DBAPIError):
        return not isinstance(error, PoolTimeout)
    cause = _of_driver(error)
    if isinstance(cause, asyncpg.InterfaceError):
        connecting = isinstance(error, DBAPIError) and error.statement is None
        amiss = isinstance(cause, (*_PASSING, asyncpg.ClientConfigurationError))
        return not (connecting or amiss or _is_of_a_lost_session(cause))
    may_not = isinstance(cause, asyncpg.InsufficientPrivilegeError)
    return isinstance(cause, _OF_OUR_STATEMENTS) and not may_not


def _of_driver(error: BaseException) -> BaseException | None:
    """What the driver said, where SQLAlchemy hands it on."""
    return getattr(error.orig, "__cause__", None) if isinstance(error, DBAPIError) else error


def _is_of_a_lost_session(error: asyncpg.InterfaceError) -> bool:
    return _OF_A_LOST_SESSION.search(str(error)) is not None


def _config(service: str, schema: str, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "services" / service / "migrations"))
    config.attributes["schema"] = schema
    config.attributes["connection"] = connection
    return config


async def unanswered(engine: AsyncEngine) -> list[str]:
    """Why the database can't be worked with at this moment, in words; empty when it can."""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS), engine.connect() as connection:
            await connection.execute(text("select 1"))
    except DATABASE_ERRORS as error:
        return [f"the database does not answer: {type(error).__name__}"]
    return []


def make_schema(connection: Connection, schema: str) -> None:
    """Create a schema that does not exist; who has one made for them need not be allowed to."""
    exists = connection.scalar(
        text("select count(*) from pg_namespace where nspname = :name"), {"name": schema}
    )
    if not exists:
        connection.execute(text(f'create schema "{schema}"'))


async def migrate(engine: AsyncEngine, service: str, schema: str, to: str = "head") -> None:
    """Bring the service's schema to revision `to`, creating the schema where it may."""

    def run(connection: Connection) -> None:
        make_schema(connection, schema)
        command.upgrade(_config(service, schema, connection), to)

    async with engine.begin() as connection:
        await connection.run_sync(run)


async def check_schema(engine: AsyncEngine, service: str, schema: str) -> None:
    """Raise Misconfigured unless the schema stands at this code's newest revision, or beyond it.

    Beyond it while a newer version is rolled out, whose migrations only add what this code can
    leave aside. Revisions are numbers of four digits.
    """
    head = ScriptDirectory.from_config(_config(service, schema)).get_current_head() or ""

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with engine.connect() as connection:
        found = await connection.run_sync(current)
    if found is None or not found.isdecimal() or int(found) < int(head):
        raise Misconfigured(
            f"the {service} schema stands at revision {found or 'none'}, this code needs {head}: "
            f"run `python -m services.{service} migrate`"
        )
    if found != head:
        logger.warning("schema.ahead", service=service, found=found, known=head)


def run_environment(*metadata: MetaData) -> None:
    """What each service's migrations/env.py does: run alembic on the connection it was given."""
    from alembic import context  # noqa: PLC0415 - alembic fills this proxy only while it runs

    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection, target_metadata=list(metadata), compare_server_default=True
    )
    context.run_migrations()
