"""The audit, at a door on a real database: every write and every read of personal data."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import httpx
import pytest
import typer
from fastapi import Depends
from fastapi.responses import StreamingResponse
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs
from typer.testing import CliRunner

from deploy.local.addresses import Addresses
from services.api.__main__ import app
from services.api.settings import Settings
from shared.access import Caller, Guard, issue_token
from shared.access.act import note_personal
from shared.access.pace import Pace
from shared.command_line import with_engine
from shared.database import begin
from shared.door.web import open_door
from shared.errors import Conflict
from tests.conftest import MakeEngine

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
LEEDS = "GB-LAE-LDS"


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    engine = await engine_for("api")
    async with engine.begin() as tx:
        await tx.execute(text("create table things (name text)"))
    return engine


async def _nothing_amiss() -> list[str]:
    return []


@asynccontextmanager
async def opened(engine: AsyncEngine, pace: Pace | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A door with a write, one that is taken back, a read, and a list that is streamed."""
    door = open_door("things", "", _nothing_amiss, audit=engine)
    reader = Depends(Guard(KEY, pace=pace).require("spend:read"))

    @door.put("/v1/things/{thing_id}")
    async def put(thing_id: str, caller: Annotated[Caller, reader], how: str = "") -> str:
        async with begin(engine, keep=how != "dry") as tx:
            await tx.execute(text("insert into things values (:name)"), {"name": thing_id})
            if how == "refuse":
                raise Conflict("it is there")
        if how == "fail":
            raise RuntimeError("after it was committed")
        return how

    @door.get("/v1/things/{thing_id}")
    async def get(thing_id: str, caller: Annotated[Caller, reader]) -> str:
        async with begin(engine) as tx:
            await tx.execute(text("select count(*) from things"))
        return "A N OTHER" if caller.may_see_personal(LEEDS) else "withheld"

    @door.get("/v1/things")
    async def stream(caller: Annotated[Caller, reader]) -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            yield "first\n"
            yield f"{caller.may_see_personal(LEEDS)}\n"

        return StreamingResponse(lines())

    transport = httpx.ASGITransport(door, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://things") as client:
        yield client


def bearer(*scopes: str, buyer: str = LEEDS) -> dict[str, str]:
    token = issue_token(
        KEY, "an officer", ["spend:read", *scopes], datetime.now(UTC), buyers=[buyer]
    )
    return {"authorization": f"Bearer {token}"}


async def kept(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        rows = await connection.execute(
            text("select subject, issuer, act, route, about, outcome from audit order by seq")
        )
        return [tuple(row) for row in rows]


def row(act: str, route: str, about: str, outcome: str) -> tuple[str, ...]:
    return ("an officer", "localpound", act, route, about, outcome)


async def test_a_write_and_its_row_are_one_transaction(engine: AsyncEngine) -> None:
    with capture_logs():  # what fails here is meant to
        await _write_and_fail(engine)
    async with engine.connect() as connection:
        names = await connection.scalars(text("select name from things"))
        assert set(names) == {"a-", "a-fail"}, "what can't be audited is not written"


async def _write_and_fail(engine: AsyncEngine) -> None:
    route = "PUT /v1/things/{thing_id}"
    async with opened(engine) as client:
        for how in ("", "dry", "refuse", "fail"):
            await client.put(f"/v1/things/a-{how}?how={how}", headers=bearer())
        assert (await client.put("/v1/things/b")).status_code == 401
        assert await kept(engine) == [
            row("write", route, "a-", "committed"),
            row("write", route, "a-dry", "200"),
            row("write", route, "a-refuse", "409"),
            row("write", route, "a-fail", "committed"),
            row("write", route, "a-fail", "500"),
        ]
        async with engine.begin() as tx:
            await tx.execute(text("alter table audit rename to elsewhere"))
        assert (await client.put("/v1/things/c", headers=bearer())).status_code == 503


async def test_names_are_read_by_whom_is_kept_and_what_they_are_is_not(engine: AsyncEngine) -> None:
    async with opened(engine) as client:
        for headers in (bearer(), bearer("personal:read", buyer="GB-LAE-BRD")):
            assert (await client.get("/v1/things/A N OTHER", headers=headers)).json() == "withheld"
        assert await kept(engine) == [], "who is shown no names reads none"
        officer = bearer("personal:read")
        await client.get("/v1/things/6d1f", headers=officer)
        await client.get("/v1/things/A N OTHER", headers=officer)
        assert (await client.get("/v1/things", headers=officer)).text == "first\nTrue\n"
    one = "GET /v1/things/{thing_id}"
    assert await kept(engine) == [
        row("read-personal", one, "6d1f", "200"),
        row("read-personal", one, "?", "200"),
        row("read-personal", "GET /v1/things", "", "200"),
    ]


async def test_names_that_nobody_can_note_the_reader_of_are_not_shown(engine: AsyncEngine) -> None:
    async with engine.begin() as tx:
        await tx.execute(text("alter table audit rename to elsewhere"))
    async with opened(engine) as client:
        answer = await client.get("/v1/things/6d1f", headers=bearer("personal:read"))
        assert (answer.status_code, "OTHER" in answer.text) == (503, False)
        assert answer.headers["retry-after"] == "2"
        assert (await client.get("/v1/things/6d1f", headers=bearer())).status_code == 200


async def test_the_command_line_prints_it_newest_first(
    engine: AsyncEngine, stack: Addresses, prefix: str
) -> None:
    async with opened(engine) as client:
        for thing in ("a", "b"):
            await client.put(f"/v1/things/{thing}", headers=bearer())
    given = {
        "LOCALPOUND_DATABASE": stack.database,
        "LOCALPOUND_API_DATABASE_SCHEMA": f"{prefix}_api",
    }

    async def printed(*arguments: str) -> list[str]:
        run = partial(CliRunner().invoke, app, ["audit", *arguments], env=given)
        return (await asyncio.to_thread(run)).output.splitlines()

    newest, before = await printed("--subject", "an officer")
    assert newest.endswith("an officer (localpound)  PUT /v1/things/{thing_id}  b")
    assert before.endswith("  a")
    [one] = await printed("--about", "a", "--json", "--since", "2026-01-01")
    assert json.loads(one) | {"at": ""} == {
        "at": "",
        "subject": "an officer",
        "issuer": "localpound",
        "act": "write",
        "route": "PUT /v1/things/{thing_id}",
        "about": "a",
        "outcome": "committed",
    }
    assert await printed("--until", "2020-01-01") == []


async def read_things(engine: AsyncEngine, _: Settings) -> None:
    async with begin(engine) as tx:
        await tx.execute(text("select count(*) from things"))


async def load_things(engine: AsyncEngine, _: Settings) -> None:
    for name in ("a", "b"):
        async with begin(engine) as tx:
            await tx.execute(text("insert into things values (:name)"), {"name": name})


async def show_persons(engine: AsyncEngine, settings: Settings) -> None:
    await read_things(engine, settings)
    note_personal()


async def fail_to_load(engine: AsyncEngine, _: Settings) -> None:
    async with begin(engine) as tx:
        await tx.execute(text("insert into things values ('c')"))
        raise Conflict("it is there")


async def test_a_verb_of_the_command_line_leaves_a_row_with_what_it_writes_first(
    engine: AsyncEngine, stack: Addresses, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database=stack.database, database_schema=f"{prefix}_api")
    thing = "6d1f2a0e-4f4a-4a39-9a86-2f2d3b1c7e55"
    monkeypatch.setattr(sys, "argv", ["api", "things", "J Smith.csv", f"--of={LEEDS}", thing])
    for work in (read_things, load_things, show_persons):
        await asyncio.to_thread(with_engine, settings, work)
    with pytest.raises(typer.Exit):
        await asyncio.to_thread(with_engine, settings, fail_to_load)
    about = f"{LEEDS} {thing}"
    assert [row[1:] for row in await kept(engine)] == [
        ("command line", "write", "COMMAND test_audit.load_things", about, "committed"),
        ("command line", "read-personal", "COMMAND test_audit.show_persons", about, "shown"),
    ]


async def test_what_was_kept_is_never_changed(engine: AsyncEngine) -> None:
    for statement in ("update audit set subject = 'nobody'", "delete from audit"):
        with pytest.raises(DBAPIError, match="stays as it was written"):
            async with engine.begin() as tx:
                await tx.execute(text(statement))


async def test_a_token_that_asks_too_often_is_told_when_to_go_on(engine: AsyncEngine) -> None:
    async with opened(engine, Pace(per_second=0.5, burst=2)) as client:
        statuses = [
            (await client.get("/v1/things/6d1f", headers=bearer())).status_code for _ in range(3)
        ]
        assert statuses == [200, 200, 429]
        answer = await client.get("/v1/things/6d1f", headers=bearer("personal:read"))
        assert answer.status_code == 429, "another token of the same subject"
        assert answer.headers["retry-after"] == "2"
        assert answer.headers["content-type"] == "application/problem+json"
        for _ in range(5):
            assert (await client.get("/health/live")).status_code == 200
        guesses = [(await client.get("/v1/things/6d1f")).status_code for _ in range(3)]
        assert guesses == [401, 401, 429], "by address, where there is no token"
