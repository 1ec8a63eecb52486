"""Every route of every door, at the door: by the document's examples, and by what it allows or not.

The app, its database and its answers are real; schemathesis makes the requests from the document.
"""

import asyncio
import contextlib
import copy
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.local.addresses import Addresses
from shared.door.openapi_document import PROBLEM_TYPE
from shared.door.problems import PAGE
from tests.contracts.running_door import RunningDoor, officer, running
from tests.support.client import generate_clients
from tests.support.contracts import DOORS
from tests.support.example_requests import (
    ExampleRequest,
    Given,
    example_requests,
    without_example,
)

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
GIVEN_OUT = {"cursor", "token", "webhook-id", "webhook-signature", "webhook-timestamp"}
"""Parameters that only an answer or a message gives, so that no example of them could be right."""
_SIGNED = "no example can be signed as the links of messages are"
_MADE = "an example of an id that nothing here has"
_NO_REGISTER = "no register is loaded here"
_WAITS = "nothing imports here, so the import asks nothing"
REFUSED: dict[str, tuple[set[int], str]] = {
    "ingest /v1/payments/{payment_id}/corrections": ({404}, _MADE),
    "ingest /v1/rejects/{reject_id}/": ({404}, _MADE),
    "ingest /v1/imports/{import_id}/mapping": ({409}, _WAITS),
    "ingest /v1/imports/{import_id}/decision": ({409}, _WAITS),
    "classify /reconcile/preview": ({404}, _NO_REGISTER),
    "classify /reconcile/flyout/{kind}": ({404}, _NO_REGISTER),
    "classify /v1/suppliers/{supplier_id}": ({404}, _MADE),
    "classify /v1/reviews/{supplier_id}/": ({404}, _MADE),
    "notify /v1/bounces": ({403}, _SIGNED),
    "notify /v1/subscriptions/{subscription_id}/unsubscribe": ({403}, _SIGNED),
    "notify /v1/notifications/{notification_id}/acknowledge": ({403, 404, 422}, _SIGNED),
    "notify /v1/notifications/{notification_id}": ({404}, _MADE),
    "api /v1/exports/360giving": ({422}, "the council, whose grants they are, pays nothing here"),
}
"""Examples that are refused here by no fault of theirs: how, and why."""
NEEDED: dict[str, Given] = {"GET /v1/renewals": {"before": "2027-03-31"}}
"""What a route needs that no schema can say: one of several parameters."""


@pytest.fixture(scope="module", params=DOORS)
def door(request: pytest.FixtureRequest, stack: Addresses) -> Iterator[RunningDoor]:
    """Each door in turn, for all tests of this module."""
    with asyncio.Runner() as runner:
        opening = running(stack, request.param)
        service = runner.run(opening.__aenter__())
        transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://door")
        yield RunningDoor(request.param, service.app, runner, client)
        runner.run(opening.__aexit__(None, None, None))


def test_every_example_of_the_document_is_answered(door: RunningDoor) -> None:
    document = door.app.openapi()
    assert {each.rpartition(" ")[2] for each in without_example(document)} <= GIVEN_OUT
    asked = [each for each in example_requests(document) if not each.path.startswith("/health")]
    ids: dict[str, str] = {}
    for example in sorted(asked, key=lambda each: "_id}" in each.path):  # ids are learnt first
        answer = door.send(example.request(ids, NEEDED.get(example.route, {}), officer()))
        said = f"{example.route}, {example.of}: {answer.status_code} {answer.text[:500]}"
        assert answer.is_success or answer.status_code in refused(door.name, example), said
        if example.method == "post" and answer.is_success:
            ids = dict(ids_in(answer.json())) | ids


NO_BODY = (b"", b"1", b"true", b'"x"', b"{", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"\xff\xfe")


def test_a_body_that_is_no_object_is_refused(door: RunningDoor) -> None:
    asked = {each.route: each for each in example_requests(door.app.openapi())}
    for example in asked.values():
        if not example.media.endswith("json"):
            continue
        for body in NO_BODY:
            request = example.request({}, {}, officer() | {"content-length": str(len(body))})
            answer = door.send(
                httpx.Request(request.method, request.url, headers=request.headers, content=body)
            )
            said = f"{example.route} {body[:10]!r}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code in {400, 422} | refused(door.name, example), said
            assert answer.headers["content-type"] == PROBLEM_TYPE, said


def refused(door: str, example: ExampleRequest) -> set[int]:
    at = f"{door} {example.path}"
    return {
        status
        for route, (statuses, _) in REFUSED.items()
        if at.startswith(route)
        for status in statuses
    }


def ids_in(said: Any) -> Iterator[tuple[str, str]]:
    """What an answer names by an id, for the routes that ask for it."""
    if isinstance(said, list):
        for each in said:
            yield from ids_in(each)
    if isinstance(said, dict):
        for name, value in said.items():
            yield from [(name, value)] if name.endswith("_id") and value else ids_in(value)


FIRST_CALLS = {
    "ingest": "buyers.get_buyers",
    "classify": "definitions.get_definitions",
    "notify": "subscriptions.get_subscriptions",
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Generated clients, to be imported; that of `api` is used by tests/api/test_integrators.py."""
    folder = tmp_path_factory.mktemp("clients")
    generate_clients([*FIRST_CALLS], folder)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def test_a_generated_client_asks_the_door(door: RunningDoor, clients: Path) -> None:
    if door.name not in FIRST_CALLS:
        return
    package = importlib.import_module(f"localpound_{door.name}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    call = importlib.import_module(f"{package.__name__}.api.{FIRST_CALLS[door.name]}")
    asking = package.Client(base_url="http://door", headers=officer())
    asking.set_async_httpx_client(door.client)
    door.client.headers.update(officer())
    answer = door.runner.run(call.asyncio_detailed(client=asking))
    assert answer.status_code == 200
    assert answer.parsed is not None
    assert type(answer.parsed).__name__ != "Problem"


def test_a_door_answers_as_its_document_says_whatever_is_asked(door: RunningDoor) -> None:
    schema = schemathesis.openapi.from_dict(without_access(door.app.openapi()))
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if operation.path.startswith(APART):
            continue
        takes_any = operation.definition.raw.keys() & {"parameters", "requestBody"}
        for mode, checks in CHECKS.items() if takes_any else ():
            ask(door, operation.as_strategy(generation_mode=mode), checks)


def without_access(document: dict[str, Any]) -> dict[str, Any]:
    """Who gets in is walked through by tests/access; here every request has a token."""
    document = copy.deepcopy(document)
    for said in document["paths"].values():
        for operation in said.values():
            operation.pop("security", None)
    return document


def ask(door: RunningDoor, cases: st.SearchStrategy[Case[Any]], checks: Checks) -> None:
    @settings(
        max_examples=settings().max_examples // 33,  # of a hundred, of each kind and route
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def each(case: Case[Any]) -> None:
        answer = door.send(request_of(case))
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
