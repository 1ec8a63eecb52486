"""`GET /v1/rejects`: what could not be used, and why."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.routes.rejects import as_text
from shared.access import issue_token
from shared.database import begin
from shared.inbox import Reject, quarantine
from tests.ingest.conftest import KEY
from tests.ingest.said import NOW


async def keep(engine: AsyncEngine, *contents: bytes, buyer: str = "GB-LAE-LDS") -> None:
    rejects = [
        Reject(f"test:{buyer}/{number}", "payee is missing", "payee", content, buyer)
        for number, content in enumerate(contents)
    ]
    async with begin(engine) as tx:
        await quarantine(tx, rejects, NOW)


def bearer(*scopes: str, buyers: Sequence[str] = ("GB-LAE-LDS",)) -> dict[str, str]:
    token = issue_token(KEY, "o", list(scopes), datetime.now(UTC), buyers=list(buyers))
    return {"authorization": f"Bearer {token}"}


async def test_rejects_are_paged_in_the_order_of_arrival(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    for number in range(5):
        await keep(engine, b'{"n": %d}' % number)
    seen: list[str] = []
    page: dict[str, Any] = {"next": "0"}
    while page["next"] is not None:
        page = (await door.get(f"/v1/rejects?limit=2&after={page['next']}")).json()
        seen += [each["content"] for each in page["rejects"]]
    assert seen == [f'{{"n": {number}}}' for number in range(5)]


async def test_rejects_of_one_buyer(door: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await keep(engine, b"leeds")
    await keep(engine, b"calderdale", buyer="GB-LAE-CLD")
    page = (await door.get("/v1/rejects", params={"buyer": "GB-LAE-CLD"})).json()
    assert [each["content"] for each in page["rejects"]] == ["calderdale"]
    assert page["rejects"][0]["reason"] == "payee is missing"


async def test_an_officer_sees_the_rejects_of_the_own_buyers(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await keep(engine, b"leeds")
    await keep(engine, b"calderdale", buyer="GB-LAE-CLD")
    headers = bearer("ingest:write", "personal:read")
    page = (await locked_door.get("/v1/rejects", headers=headers)).json()
    assert [(each["content"], each["withheld"]) for each in page["rejects"]] == [("leeds", False)]
    [identifier] = [each["reject_id"] for each in page["rejects"]]
    whole = await locked_door.get(f"/v1/rejects/{identifier}/content", headers=headers)
    assert whole.content == b"leeds"
    other = await locked_door.get("/v1/rejects?buyer=GB-LAE-CLD", headers=headers)
    assert other.status_code == 403
    assert (await locked_door.get("/v1/rejects")).status_code == 401


async def test_content_is_withheld_from_who_may_not_see_personal_names(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await keep(engine, b"Mr A Person")
    headers = bearer("ingest:write")
    [shown] = (await locked_door.get("/v1/rejects", headers=headers)).json()["rejects"]
    assert (shown["content"], shown["encoding"], shown["withheld"]) == (None, None, True)
    assert (shown["reason"], shown["field"]) == ("payee is missing", "payee")
    assert (shown["origin"], shown["size"]) == ("test:GB-LAE-LDS/0", 11)
    path = f"/v1/rejects/{shown['reject_id']}/content"
    answer = await locked_door.get(path, headers=headers)
    assert (answer.status_code, b"Person" in answer.content) == (403, False)


async def test_content_that_names_no_buyer_is_shown_to_who_speaks_for_all(
    locked_door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    async with begin(engine) as tx:
        await quarantine(tx, [Reject("test:none/0", "not JSON", "", b"x", None)], NOW)
    headers = bearer("ingest:write", "personal:read", buyers=())
    [shown] = (await locked_door.get("/v1/rejects", headers=headers)).json()["rejects"]
    assert (shown["content"], shown["withheld"]) == ("x", False)


async def test_a_door_without_a_token_key_trusts_its_network(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    await keep(engine, b"leeds")
    [shown] = (await door.get("/v1/rejects")).json()["rejects"]
    assert (shown["content"], shown["withheld"]) == ("leeds", False)


async def test_bytes_that_are_no_text_are_shown_in_base64_and_given_whole(
    door: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    content = b"\xff" * 100_000
    await keep(engine, content)
    [shown] = (await door.get("/v1/rejects")).json()["rejects"]
    assert (shown["encoding"], shown["size"]) == ("base64", 100_000)
    assert base64.b64decode(shown["content"]) == content[:65_536]
    whole = await door.get(f"/v1/rejects/{shown['reject_id']}/content")
    assert whole.content == content
    assert (await door.get("/v1/rejects/none/content")).status_code == 404


def test_text_that_is_cut_inside_a_character_is_still_text() -> None:
    assert as_text("café".encode()[:-1], whole=False) == ("text", "caf")
    assert as_text("café".encode()[:-1], whole=True)[0] == "base64"


@pytest.mark.parametrize("query", ["after=-1", "after=x", "limit=0", "limit=501"])
async def test_a_wrong_page_is_a_problem(door: httpx.AsyncClient, query: str) -> None:
    answer = await door.get(f"/v1/rejects?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
