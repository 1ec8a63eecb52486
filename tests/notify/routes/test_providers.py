"""A provider's token keeps its own subscriptions and reads its own messages, and no other's."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from services.notify.telling.record_suppliers import record_suppliers
from shared.access import issue_provider_token
from shared.identity import agreement_id
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, NOW, classified, registered
from tests.notify.routes.conftest import KEY, MakeDoor
from tests.notify.routes.conftest import bearer as officer_bearer
from tests.support.suppliers import supplier_id

ALPHA, BRAVO = "GB-CHC-9000001", "GB-COH-09000002"
PAYEES = {ALPHA: "Alpha Hospice", BRAVO: "Bravo Care"}
REFERENCES = {ALPHA: "LCC/A", BRAVO: "LCC/B"}
DUE: dict[str, Any] = {"start": date(2024, 4, 1), "end": date(2027, 3, 31)}


class Own(NamedTuple):
    """What is one organisation's."""

    org_id: str
    subscription_id: str
    notification_id: str

    @property
    def words(self) -> tuple[str, ...]:
        reference = REFERENCES[self.org_id]
        return (*self, reference, PAYEES[self.org_id], agreement_id(BUYER, reference))


By = Callable[[Own], str]
_SUBSCRIPTION: By = lambda own: f"/v1/subscriptions/{own.subscription_id}"  # noqa: E731
BODIES: dict[str, Any] = {
    "PATCH /v1/subscriptions/{subscription_id}": {"version": 1, "event_types": ["notice.due.v1"]},
    "POST /v1/subscriptions/{subscription_id}/secret": {"overlap_hours": 1},
    "POST /v1/subscriptions/{subscription_id}/replay": {"since": "2026-01-01T00:00:00Z"},
}
BY_ID: dict[str, By] = {
    "GET /v1/subscriptions/{subscription_id}": _SUBSCRIPTION,
    "PATCH /v1/subscriptions/{subscription_id}": _SUBSCRIPTION,
    "POST /v1/subscriptions/{subscription_id}/secret": lambda own: f"{_SUBSCRIPTION(own)}/secret",
    "POST /v1/subscriptions/{subscription_id}/resume": lambda own: f"{_SUBSCRIPTION(own)}/resume",
    "POST /v1/subscriptions/{subscription_id}/replay": lambda own: f"{_SUBSCRIPTION(own)}/replay",
    "GET /v1/subscriptions/{subscription_id}/replays": lambda own: f"{_SUBSCRIPTION(own)}/replays",
    "GET /v1/notifications/{notification_id}": lambda own: (
        f"/v1/notifications/{own.notification_id}"
    ),
    "POST /v1/notifications/{notification_id}/acknowledge": lambda own: (
        f"/v1/notifications/{own.notification_id}/acknowledge"
    ),
    # Last: what is ended can't be resumed in the same way.
    "DELETE /v1/subscriptions/{subscription_id}": _SUBSCRIPTION,
}
ASKED_FOR: dict[str, tuple[str, list[By]]] = {
    "GET /v1/subscriptions": ("/v1/subscriptions", []),
    "GET /v1/notifications": (
        "/v1/notifications",
        [
            lambda own: f"?subscriber={own.org_id}",
            lambda own: f"?subscription={own.subscription_id}",
            lambda own: f"?agreement={agreement_id(BUYER, REFERENCES[own.org_id])}",
            lambda _: f"?buyer={BUYER}",
        ],
    ),
}
OWN = {*BY_ID, *ASKED_FOR, "POST /v1/subscriptions"}
"""Routes that a provider's token opens; how each is asked for is said above."""


@pytest.fixture
async def both(desk: Desk) -> dict[str, Own]:
    """Each organisation with an agreement of which a message was written to it."""
    subscribed = {}
    for org_id, payee in PAYEES.items():
        supplier = UUID(supplier_id(payee))
        fact = classified(org_id).model_copy(update={"supplier_id": supplier, "payee": payee})
        await record_suppliers(desk.engine, [fact], [], NOW.date(), NOW)
        terms = registered(REFERENCES[org_id], provider=payee, supplier_id=supplier, **DUE)
        await desk.tell(terms)
        subscribed[org_id] = await desk.subscribe(f"https://{org_id.lower()}.example/", org_id)
    await desk.subscribe("https://buyer.example/", BUYER)
    await desk.raise_due()
    found = {}
    for org_id, key in subscribed.items():
        [row, *_] = await desk.rows(
            "select notification_id from notifications where subscription_id = :key", key=key
        )
        found[org_id] = Own(org_id, key, str(row[0]))
    return found


def bearer(org_id: str) -> dict[str, str]:
    token = issue_provider_token(KEY, org_id, org_id, datetime.now(UTC))
    return {"Authorization": f"Bearer {token}"}


async def ask(client: httpx.AsyncClient, route: str, path: str, org_id: str) -> httpx.Response:
    method = route.split(" ", maxsplit=1)[0]
    return await client.request(method, path, headers=bearer(org_id), json=BODIES.get(route))


NOBODY = UUID("6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3")


async def test_a_provider_keeps_its_own_and_finds_nothing_of_the_other(
    both: dict[str, Own], door: MakeDoor
) -> None:
    client = door(token_key=KEY)
    nobody = Own("GB-CHC-9999999", str(NOBODY), str(NOBODY))
    for own, other in ((both[ALPHA], both[BRAVO]), (both[BRAVO], both[ALPHA])):
        for route, (path, narrowed) in ASKED_FOR.items():
            found = await ask(client, route, path, own.org_id)
            assert own.subscription_id in found.text, route
            assert tells_of(found.text, other) == [], route
            for narrow in narrowed:
                answer = await ask(client, route, path + narrow(other), own.org_id)
                assert answer.status_code in {200, 403}, (route, answer.text)
                assert tells_of(answer.text, other) == [], route
        for route, by in BY_ID.items():
            refused = await ask(client, route, by(other), own.org_id)
            unknown = await ask(client, route, by(nobody), own.org_id)
            assert (refused.status_code, unknown.status_code) == (404, 404), route
            assert shape(refused.text, other) == shape(unknown.text, nobody), route
    for own, other in ((both[ALPHA], both[BRAVO]), (both[BRAVO], both[ALPHA])):
        for route, by in BY_ID.items():
            found = await ask(client, route, by(own), own.org_id)
            assert found.is_success, (route, found.text)
            assert tells_of(found.text, other) == [], route


def tells_of(answered: str, other: Own) -> list[str]:
    return [word for word in other.words if word in answered]


def shape(said: str, asked: Own) -> str:
    """A problem without what was asked for."""
    for word in (asked.subscription_id, asked.notification_id):
        said = said.replace(word, "...")
    return said


async def test_a_provider_subscribes_its_own_organisation_alone(door: MakeDoor) -> None:
    client = door(token_key=KEY)
    wish = {"channel": "webhook", "address": "https://alpha.example/notices"}
    ask = client.post
    added = await ask("/v1/subscriptions", json=wish | {"subscriber": ALPHA}, headers=bearer(ALPHA))
    assert (added.status_code, added.json()["subscriber"]) == (201, ALPHA)
    for whose in ({"subscriber": BRAVO}, {"supplier_id": str(NOBODY)}, {"subscriber": BUYER}):
        refused = await ask("/v1/subscriptions", json=wish | whose, headers=bearer(ALPHA))
        assert refused.status_code == 403, whose


async def test_a_provider_s_own_token_acknowledges_as_the_provider(
    both: dict[str, Own], door: MakeDoor, desk: Desk
) -> None:
    client = door(token_key=KEY)
    path = BY_ID["POST /v1/notifications/{notification_id}/acknowledge"](both[ALPHA])
    said = (await client.post(path, headers=bearer(ALPHA))).json()
    assert (said["capacity"], said["means"], said["acknowledged_by"]) == (
        "provider",
        "token",
        ALPHA,
    )
    await client.post(path, headers=officer_bearer(BUYER), json={"reason": "telephoned A. Rahman"})
    shown = (await client.get(path.removesuffix("/acknowledge"), headers=bearer(ALPHA))).json()
    assert [(one["capacity"], one["acknowledged_by"]) for one in shown["acknowledgements"]] == [
        ("provider", ALPHA),
        ("buyer", BUYER),
    ]
    assert "Rahman" not in str(shown)
    [fact, _] = [one.data for one in await desk.published() if one.type == "notice.acknowledged.v1"]
    assert (fact["recipient"], fact["capacity"]) == (ALPHA, "provider")
