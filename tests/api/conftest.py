"""A read model in a schema of its own, filled by its projections and asked over HTTP."""

import asyncio
import csv
import io
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from aiokafka import ConsumerRecord
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.api import tables
from services.api.exports.asked import UNSET, Publisher
from services.api.kept import tables as kept
from services.api.projections import PROJECTIONS
from services.api.projections.projection import apply_records
from services.api.queries.point_reads import PointReads
from services.api.routes import open_routes
from services.api.routes.door import Door
from shared.access import Guard, issue_token
from shared.database import migrate, open_engine
from shared.door.web import open_door
from shared.events import Fact
from shared.lists.cursor import Cursors
from tests.api.facts import NOW

POINT_READS = 4
KEY = SecretStr("a key of the tests, thirty-two bytes or more")


def record(topic: str, value: bytes | None, type_: str = "", offset: int = 0) -> ConsumerRecord:
    headers = (("ce_specversion", b"1.0"), ("ce_type", type_.encode()))
    return ConsumerRecord(topic, 0, offset, 0, 0, b"", value, None, 0, 0, headers)


async def _nothing_amiss() -> list[str]:
    return []


def _today() -> date:
    return date(2026, 11, 23)


def _now() -> datetime:
    return NOW


@dataclass
class Model:
    """The read model under test."""

    engine: AsyncEngine
    point_reads: PointReads
    apps: dict[tuple[SecretStr | None, Publisher], FastAPI] = field(default_factory=dict)
    publisher: Publisher = UNSET

    async def project(self, *facts: Fact) -> None:
        """Apply facts as one batch of each topic, in the order given."""
        for projection in PROJECTIONS:
            records = [
                record(projection.topic.name, fact.model_dump_json().encode(), fact.TYPE, offset)
                for offset, fact in enumerate(facts)
                if fact.TYPE.encode() in projection.facts
            ]
            if records:
                await apply_records(self.engine, projection, records, NOW)

    async def empty(self) -> None:
        """Forget everything."""
        kinds = (tables.metadata, kept.metadata)
        every = (table.name for kind in kinds for table in kind.sorted_tables)
        names = ", ".join(name for name in every if name != kept.id_key.name)
        async with self.engine.begin() as tx:
            await tx.execute(text(f"truncate {names}"))

    def app(self, key: SecretStr | None) -> FastAPI:
        """The door; with a key it asks for tokens."""
        wired = key, self.publisher
        if wired not in self.apps:
            app = open_door("Local Pound", "", _nothing_amiss, audit=self.engine)
            cursors, guard = Cursors(key), Guard(key)
            door = Door(self.engine, self.point_reads, cursors, guard, _today, _now, self.publisher)
            open_routes(app, door)
            self.apps[wired] = app
        return self.apps[wired]

    async def ask(
        self, path: str, *, status: int = 200, token: str | None = None, **query: Any
    ) -> Any:
        """The answer to a GET; with a token the door asks for tokens."""
        response = await self._get(path, token, query)
        assert response.status_code == status, response.text
        kind = "application/json" if status == 200 else "application/problem+json"
        assert response.headers["content-type"] == kind
        return response.json()

    async def ask_sheet(
        self, path: str, *, token: str | None = None, **query: Any
    ) -> list[dict[str, str]]:
        """The rows of the same answer as CSV."""
        response = await self._get(path, token, query, accept="text/csv, application/json")
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))

    async def ask_file(
        self, path: str, media_type: str, *, token: str | None = None, **query: Any
    ) -> httpx.Response:
        """The same list whole, in another form."""
        response = await self._get(path, token, query, accept=media_type)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].partition(";")[0] == media_type
        return response

    async def _get(
        self,
        path: str,
        token: str | None,
        query: dict[str, Any],
        accept: str = "*/*",
        **headers: str,
    ) -> httpx.Response:
        app = self.app(None if token is None else KEY)
        headers |= {"accept": accept} | ({"authorization": f"Bearer {token}"} if token else {})
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://api", headers=headers
        ) as client:
            # `from_` stands for `from`, which Python keeps to itself.
            params = {name.rstrip("_"): value for name, value in query.items()}
            return await client.get(path, params=params or None)


@dataclass(frozen=True)
class Standing:
    """The read model of all of these tests, and its schema.

    To migrate one takes longer than most of them, to open its door as long as to ask it.
    """

    schema: str
    engine: AsyncEngine
    of_point_reads: AsyncEngine
    model: Model

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Model]:
        """The read model as the test before left it; each test has a loop, so connections, anew."""
        self.model.publisher = UNSET
        yield self.model
        await self.model.point_reads.close()
        await self.of_point_reads.dispose()
        await self.engine.dispose()


@pytest.fixture(scope="session")
def standing(stack: Addresses) -> Iterator[Standing]:
    """One read model with its doors, for all of these tests."""
    schema = f"t{secrets.token_hex(4)}_api"
    engine = open_engine(stack.database, schema)
    of_point_reads = open_engine(stack.database, schema, connections=POINT_READS)
    model = Model(engine, PointReads(of_point_reads, POINT_READS))
    for key in (None, KEY):  # before a test can change what routes are made of
        model.app(key)

    async def make() -> None:
        await migrate(engine, "api", schema)
        await engine.dispose()

    async def drop() -> None:
        async with engine.begin() as tx:
            await tx.execute(text(f"drop schema {schema} cascade"))
        await engine.dispose()

    asyncio.run(make())
    yield Standing(schema, engine, of_point_reads, model)
    asyncio.run(drop())


@pytest.fixture
async def model(standing: Standing) -> AsyncIterator[Model]:
    """An empty read model."""
    async with standing.opened() as model:
        await model.empty()
        yield model


def token(*scopes: str, buyers: Sequence[str] = ("*",), subject: str = "officer") -> str:
    """A token of an officer, valid today."""
    return issue_token(KEY, subject, list(scopes), datetime.now(UTC), buyers=list(buyers))
