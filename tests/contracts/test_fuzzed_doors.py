"""Every route of every door, asked with what its document allows and with what it does not.

The app, its database and its answers are real; schemathesis makes the requests from the document.
"""

import asyncio
import contextlib
import copy
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from pydantic import SecretStr
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import text

from deploy.local.addresses import Addresses
from services.classify.basis.basis_in_force import BasisInForce
from shared.access import SCOPES, issue_token
from shared.access.caller import PROVIDER
from shared.database import migrate, open_engine
from shared.openapi_document import PROBLEM_TYPE
from shared.problems import PAGE
from shared.service import Service

KEY = SecretStr("a key of the tests, thirty-two bytes or more")
pytestmark = pytest.mark.hypothesis  # more of it by `make explore`

APART = ("/health/", "/v1/bounces")
"""Ready is what consumes, which nothing does here; and bounces are mails, made up by none."""

Checks = list[Any]
_CONFORMS: Checks = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CHECKS = {
    GenerationMode.POSITIVE: _CONFORMS,
    GenerationMode.NEGATIVE: [*_CONFORMS, negative_data_rejection],
}


BASES: list[BasisInForce] = []


@pytest.fixture(autouse=True)
def bases(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a door classifies by, so that the test can have it made."""
    BASES.clear()
    of = BasisInForce.of

    def kept(*asked: Any) -> BasisInForce:
        BASES.append(of(*asked))
        return BASES[-1]

    monkeypatch.setattr(BasisInForce, "of", kept)


@asynccontextmanager
async def running(stack: Addresses, name: str, schema: str) -> AsyncIterator[Service]:
    """A service wired to a schema of its own, its doors open."""
    engine = open_engine(stack.database, schema)
    await migrate(engine, name, schema)
    given: dict[str, Any] = {
        "kafka": stack.kafka,
        "database": stack.database,
        "database_schema": schema,
    }
    given |= {"token_key": KEY.get_secret_value(), "requests_per_second": 1000}
    main, told = (import_module(f"services.{name}.{part}") for part in ("main", "settings"))
    service: Service = main.build(told.Settings.model_validate(given | {"topic_prefix": schema}))
    for basis in BASES:
        await basis.latest()  # as the service's loop does: decisions wait for it
    yield service
    for step in service.after:
        await step()
    async with engine.begin() as tx:
        await tx.execute(text(f'drop schema "{schema}" cascade'))
    await engine.dispose()


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.mark.parametrize("door", ["ingest", "classify", "notify", "api"])
def test_a_door_answers_as_its_document_says_whatever_is_asked(
    stack: Addresses, prefix: str, runner: asyncio.Runner, door: str
) -> None:
    opening = running(stack, door, f"{prefix}_{door}")
    service = runner.run(opening.__aenter__())
    try:
        transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport)
        schema = schemathesis.openapi.from_dict(without_access(service.app.openapi()))
        for found in schema.get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            if operation.path.startswith(APART):
                continue
            takes_any = operation.definition.raw.keys() & {"parameters", "requestBody"}
            for mode, checks in CHECKS.items() if takes_any else ():
                ask(runner, client, operation.as_strategy(generation_mode=mode), checks)
    finally:
        runner.run(opening.__aexit__(None, None, None))


def officer() -> dict[str, str]:
    """Who may everything that one caller may."""
    scopes = [scope for scope in SCOPES if scope != PROVIDER]
    token = issue_token(KEY, "officer", scopes, datetime.now(UTC), buyers=["*"])
    return {"authorization": f"Bearer {token}"}


def without_access(document: dict[str, Any]) -> dict[str, Any]:
    """Who gets in is walked through by tests/access; here every request has a token."""
    document = copy.deepcopy(document)
    for said in document["paths"].values():
        for operation in said.values():
            operation.pop("security", None)
    return document


def ask(
    runner: asyncio.Runner,
    client: httpx.AsyncClient,
    cases: st.SearchStrategy[Case[Any]],
    checks: Checks,
) -> None:
    @settings(
        max_examples=settings().max_examples // 33,  # of a hundred, of each kind and route
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def each(case: Case[Any]) -> None:
        answer = runner.run(client.send(request_of(case)))
        case.validate_response(answer, checks=checks)
        assert answer.status_code < 500 or "retry-after" in answer.headers, answer.text
        if answer.is_error and not answer.headers["content-type"].startswith("text/html"):
            assert answer.headers["content-type"] == PROBLEM_TYPE, answer.text
            assert answer.json()["type"].startswith(PAGE), answer.text

    with contextlib.suppress(Unsatisfiable):  # what may be any text has no negative
        each()


def request_of(case: Case[Any]) -> httpx.Request:
    """The request byte for byte as schemathesis makes it, which is for another client."""
    asked = case.as_transport_kwargs(base_url="http://door")
    asked.pop("cookies")
    asked["headers"] = dict(asked["headers"]) | officer()
    made: Any = requests.Request(**asked).prepare()
    return httpx.Request(str(made.method), str(made.url), headers=made.headers, content=made.body)
