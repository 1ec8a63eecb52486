"""Every route of every door: who gets in without a token, and who with a provider's.

The walk takes the routes from each door's OpenAPI, so a new one is under it by itself.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from services.api import main as api
from services.classify import main as classify
from services.ingest import main as ingest
from services.notify.main import build as build_notify
from services.notify.settings import Settings as NotifySettings
from shared.access import audited, issue_provider_token, issue_token
from tests.api.withheld.test_providers import OWN as OWN_OF_API
from tests.notify.routes.test_providers import OWN as OWN_OF_NOTIFY

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
NOWHERE: dict[str, Any] = {"token_key": KEY, "database": "postgresql://127.0.0.1:1/none"}
UUID = "6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3"
METHODS = ("get", "put", "post", "patch", "delete")

WITHOUT_TOKEN = {
    "notify GET /v1/notifications/{notification_id}/acknowledge": "the link in a message is signed",
    "notify GET /v1/subscriptions/{subscription_id}/unsubscribe": "likewise",
    "notify POST /v1/subscriptions/{subscription_id}/unsubscribe": "likewise",
    "classify GET /reconcile": "says what the service offers, and how to ask it with a token",
}
"""Routes that answer without a token, and why they may."""

OPEN_TO_PROVIDERS = {
    "ingest GET /v1/buyers": "public bodies, and nothing of anybody else",
    "classify GET /reconcile": "as without a token",
    **{
        route: "the link in a message is what opens it"
        for route in WITHOUT_TOKEN
        if route.startswith("notify")
    },
    **{f"api {route}": "tests/api/withheld/test_providers.py" for route in OWN_OF_API},
    **{f"notify {route}": "tests/notify/routes/test_providers.py" for route in OWN_OF_NOTIFY},
}
"""Routes that a provider's token opens, and where it is proved that they show its own only."""


@pytest.fixture(autouse=True)
def no_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused writes are kept too; here there is no database to keep them in."""

    async def nothing(*_: object) -> None:
        pass

    monkeypatch.setattr(audited, "keep_act", nothing)


@cache
def doors() -> list[tuple[str, FastAPI]]:
    return list(_built())


def _built() -> Iterator[tuple[str, FastAPI]]:
    yield "api", api.build(api.Settings.model_validate(NOWHERE)).app
    yield "classify", classify.build(classify.Settings.model_validate(NOWHERE)).app
    yield "ingest", ingest.build(ingest.Settings.model_validate(NOWHERE)).app
    yield "notify", build_notify(NotifySettings.model_validate(NOWHERE)).app


@asynccontextmanager
async def clients() -> AsyncIterator[list[tuple[str, FastAPI, httpx.AsyncClient]]]:
    opened = [
        (
            name,
            app,
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{name}"),
        )
        for name, app in doors()
    ]
    yield opened
    for _, _, client in opened:
        await client.aclose()


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of all but health, as the door's own document has them."""
    for path, said in app.openapi()["paths"].items():
        if not path.startswith("/health/"):
            yield from ((method.upper(), path) for method in METHODS if method in said)


async def ask(client: httpx.AsyncClient, method: str, path: str, token: str = "") -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return await client.request(method, re.sub(r"\{[^}]+\}", UUID, path), headers=headers)


async def test_no_route_but_health_answers_without_a_token() -> None:
    expired = issue_token(KEY, "o", ["spend:read"], datetime(2020, 1, 1, tzinfo=UTC), buyers=["*"])
    met = set()
    async with clients() as opened:
        for name, app, client in opened:
            for method, path in routes(app):
                route = f"{name} {method} {path}"
                met.add(route)
                if route in WITHOUT_TOKEN:
                    continue
                for token in ("", expired):
                    answer = await ask(client, method, path, token)
                    assert answer.status_code == 401, (
                        f"{route} answers {answer.status_code} without a token: give it "
                        "Depends(...) of Guard.require (in api: Door.allow), or say in "
                        "WITHOUT_TOKEN of tests/access/test_walk.py why it needs none"
                    )
    assert set(WITHOUT_TOKEN) <= met, "routes that there are no more"


async def test_a_provider_s_token_opens_what_is_proved_to_show_its_own_and_nothing_else() -> None:
    met = set()
    async with clients() as opened:
        for name, app, client in opened:
            for method, path in routes(app):
                route = f"{name} {method} {path}"
                met.add(route)
                if route in OPEN_TO_PROVIDERS:
                    continue
                for org_id in ("GB-CHC-9000001", "GB-COH-09000002"):
                    token = issue_provider_token(KEY, "p", org_id, datetime.now(UTC))
                    answer = await ask(client, method, path, token)
                    assert (answer.status_code, "provider's token" in answer.text) == (403, True), (
                        f"{route} answers {answer.status_code} to a provider's token: refuse it "
                        "(Guard.require without providers=True), or hold what it shows to "
                        "Caller.organisation, prove that where test_providers.py of its service "
                        "does, and name the route there (BY_ID, ASKED_FOR)"
                    )
    assert set(OPEN_TO_PROVIDERS) <= met, "routes that there are no more"
