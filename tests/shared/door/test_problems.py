"""Every kind of problem is described where its `type` leads, at the door and in docs/."""

import re
from datetime import date

import httpx
from fastapi import Depends, FastAPI

from shared.door.deprecation import Deprecation
from shared.door.problems import KINDS, as_markdown
from shared.door.web import open_door
from tests.support.contracts import PROBLEMS

ROUTE = Deprecation(date(2026, 12, 1), date(2027, 12, 1), "/v1/new")
PARAMETER = Deprecation(date(2026, 11, 1), date(2027, 6, 30), "buyer", parameter="body")


async def _nothing_amiss() -> list[str]:
    return []


def door() -> FastAPI:
    app = open_door("things", "", _nothing_amiss)

    @app.get("/v1/old", dependencies=[Depends(ROUTE)])
    async def old(number: int = 0) -> str:
        """What it was."""
        return "old"

    @app.get("/v1/new", dependencies=[Depends(PARAMETER)])
    async def new(body: str = "", buyer: str = "") -> str:
        return body or buyer

    return app


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://things")


async def test_the_type_of_a_problem_leads_to_its_section() -> None:
    async with client(door()) as asking:
        told = (await asking.get("/v1/old?number=many")).json()
        page, _, name = told["type"].partition("#")
        answer = await asking.get(page)
        assert answer.headers["content-type"].startswith("text/html")
        assert (name, f'id="{name}"' in answer.text) == ("unusable", True)
        missing = (await asking.get("/v1/nowhere")).json()
        wrong = await asking.post("/v1/old")
    assert (missing["type"], missing["title"]) == ("/problems#not-known", "Not known")
    assert (wrong.json()["type"], wrong.headers["allow"]) == ("/problems#method-not-allowed", "GET")


def test_the_document_has_a_section_for_each_kind_and_no_other() -> None:
    committed = PROBLEMS.read_text()
    assert committed == as_markdown(), "run `make generate`"
    assert re.findall(r"^## (.+)$", committed, re.MULTILINE) == [kind.name for kind in KINDS]


async def test_a_deprecated_route_says_so_in_every_answer_and_in_the_document() -> None:
    app = door()
    async with client(app) as asking:
        answers = [await asking.get(f"/v1/old?number={number}") for number in ("1", "many")]
    assert [answer.status_code for answer in answers] == [200, 422]
    for answer in answers:
        assert answer.headers["deprecation"] == "@1796083200"  # 2026-12-01T00:00:00Z
        assert answer.headers["sunset"] == "Wed, 01 Dec 2027 00:00:00 GMT"
        assert answer.headers["link"] == '</v1/new>; rel="successor-version"'
    told = app.openapi()["paths"]["/v1/old"]["get"]
    assert told["deprecated"]
    assert told["description"] == (
        "What it was. Deprecated since 2026-12-01, may be gone from 2027-12-01: use `/v1/new`."
    )


async def test_a_deprecated_parameter_is_said_to_who_sends_it() -> None:
    app = door()
    async with client(app) as asking:
        sent, unsent = await asking.get("/v1/new?body=x"), await asking.get("/v1/new?buyer=x")
    assert sent.headers["sunset"] == "Wed, 30 Jun 2027 00:00:00 GMT"
    assert "sunset" not in unsent.headers
    told = app.openapi()["paths"]["/v1/new"]["get"]
    assert [one.get("deprecated", False) for one in told["parameters"]] == [True, False]
