"""Uploads as they go wrong: each is told in one sentence, and nothing of it is kept."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.main import Settings, build
from shared.access import issue_token
from shared.door.bodies import BoundedBodies
from tests.ingest.conftest import KEY
from tests.ingest.routes.test_rejects import bearer
from tests.ingest.routes.test_uploads import SPEND, send, work
from tests.ingest.said import rows_of

MULTIPART = {"content-type": "multipart/form-data; boundary=x"}


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    of_file = "" if filename is None else f'; filename="{filename}"'
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n\r\n'
    return head.encode() + value + b"\r\n"


BUYER, FILE = part("buyer", b"GB-LAE-LDS"), part("file", SPEND, "april.csv")
END = b"--x--\r\n"


BAD = [
    (BUYER + FILE[:-60], 400, "before its closing boundary"),
    (BUYER + FILE, 400, "before its closing boundary"),
    (b"no multipart at all" + END, 400, "no multipart upload"),
    (BUYER + FILE + FILE + END, 422, "one file may be sent at a time"),
    (BUYER + BUYER + FILE + END, 422, "buyer is given twice"),
    (BUYER + part("month", b"04") + FILE + END, 422, "'month' is no field of an upload"),
    (BUYER + END, 422, "no part `file`"),
    (FILE + END, 422, "no field `buyer`"),
    (part("buyer", b"GB-LAE-XXX") + FILE + END, 422, "GB-LAE-XXX"),
    (part("buyer", b"GB\x00" * 2000) + FILE + END, 422, "buyer is too long"),
    (BUYER + part("anyway", b"perhaps") + FILE + END, 422, "anyway must be true or false"),
]


async def test_what_can_not_be_taken_is_told(door: httpx.AsyncClient, engine: AsyncEngine) -> None:
    for body, status, said in BAD:
        answer = await door.post("/v1/imports", content=body, headers=MULTIPART)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert said in answer.text
    for kind in ("text/csv", "multipart/form-data", "application/json", ""):
        answer = await door.post("/v1/imports", content=SPEND, headers={"content-type": kind})
        assert (answer.status_code, answer.headers["content-type"]) == (
            415,
            "application/problem+json",
        )
    long = {"content-type": f"multipart/form-data; boundary={'x' * 300}"}
    answer = await door.post("/v1/imports", content=BUYER + FILE + END, headers=long)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert await rows_of(engine, "select 1 from files union all select 1 from imports") == []


async def test_a_body_that_stalls_is_given_up(settings: Settings, engine: AsyncEngine) -> None:
    service = build(settings)
    stalled = BoundedBodies(service.app, longest=0.2, uploads={"/v1/imports": 10**9})

    async def stalling() -> AsyncIterator[bytes]:
        yield BUYER + FILE[:100]
        await asyncio.sleep(30)
        yield FILE[100:] + END

    transport = httpx.ASGITransport(stalled)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as door:
        answer = await door.post("/v1/imports", content=stalling(), headers=MULTIPART)
    assert (answer.status_code, answer.headers["content-type"]) == (408, "application/problem+json")
    assert await rows_of(engine, "select * from files") == []
    for step in service.after:
        await step()


async def test_nothing_is_read_of_who_may_not_send(
    locked_door: httpx.AsyncClient, settings: Settings
) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for piece in (BUYER, FILE, END):
            read += 1
            yield piece

    long_ago = datetime.now(UTC) - timedelta(days=900)
    expired = issue_token(KEY, "o", ["ingest:write"], long_ago, buyers=["GB-LAE-LDS"])
    for headers, status in [
        ({}, 401),
        ({"authorization": f"Bearer {expired}"}, 401),
        ({"authorization": "Bearer none"}, 401),
        (bearer("spend:read"), 403),
    ]:
        answer = await locked_door.post(
            "/v1/imports", content=body(), headers={**MULTIPART, **headers}
        )
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert read == 0


async def test_the_same_bytes_sent_at_once_are_one_import(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    answers = await asyncio.gather(*(send(door, name=f"{n}.csv") for n in range(4)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert len({answer.json()["import_id"] for answer in answers}) == 1
    assert await work(engine) == 1
    assert len(await rows_of(engine, "select * from payments")) == 4
    assert len(await rows_of(engine, "select * from files")) == 1


async def test_a_name_is_kept_as_text(door: httpx.AsyncClient) -> None:
    for sent, kept in [
        ("../../etc/cron.d/april.csv", "april.csv"),
        ("a\x1b[2J\u202egpj.csv", "a[2Jgpj.csv"),
    ]:
        body = BUYER + part("file", SPEND + kept.encode(), sent) + END
        answer = await door.post("/v1/imports", content=body, headers=MULTIPART)
        shown: dict[str, Any] = answer.json()
        assert shown["file"] == kept
        back = await door.get(f"/v1/imports/{shown['import_id']}/file")
        assert back.headers["content-disposition"].isascii()
