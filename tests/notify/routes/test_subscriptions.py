"""Subscribing over HTTP."""

import base64
from typing import Any

import pytest

from tests.notify.facts import BUYER, ORGANISATION, SUPPLIER
from tests.notify.receiver import SECRET
from tests.notify.routes.conftest import KEY, MakeDoor, bearer
from tests.support.pages import check_page

WISH = {
    "subscriber": ORGANISATION,
    "channel": "webhook",
    "address": "https://provider.example/notices",
}


async def test_a_secret_is_made_and_shown_once(door: MakeDoor) -> None:
    client = door()
    answer = await client.post("/v1/subscriptions", json=WISH)
    assert answer.status_code == 201
    added = answer.json()
    assert added["secret"].startswith("whsec_")
    assert added["event_types"] == [
        "renewal.approaching.v1",
        "notice.due.v1",
        "end-date.asked.v1",
        "obligation.raised.v1",
        "notice.withdrawn.v1",
        "notification.escalated.v1",
    ]
    [listed] = (await client.get("/v1/subscriptions")).json()["subscriptions"]
    assert listed == {name: value for name, value in added.items() if name != "secret"}
    await check_page(client, "/v1/subscriptions", "subscriptions", "event_types")


async def test_an_address_is_subscribed_once_and_can_be_taken_up_again(door: MakeDoor) -> None:
    client = door()
    first = (await client.post("/v1/subscriptions", json=WISH)).json()
    again = await client.post("/v1/subscriptions", json=WISH)
    assert again.status_code == 409
    assert first["subscription_id"] in again.json()["detail"]
    for _ in range(2):
        ended = await client.delete(f"/v1/subscriptions/{first['subscription_id']}")
        assert ended.status_code == 204
    [listed] = (await client.get("/v1/subscriptions")).json()["subscriptions"]
    assert not listed["active"]
    retaken = await client.post("/v1/subscriptions", json=WISH | {"secret": SECRET})
    assert (retaken.status_code, retaken.json()["secret"]) == (201, SECRET)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subscriber": None}, "subscriber"),
        ({"supplier_id": SUPPLIER}, "subscriber"),
        ({"subscriber": "Hollybank"}, "subscriber"),
        ({"channel": "pigeon"}, "channel"),
        ({"address": "https://u:p@provider.example/"}, "address"),
        ({"address": "gopher://provider.example/"}, "address"),
        ({"event_types": []}, "event_types"),
        ({"event_types": ["payment.accepted.v1"]}, "event_types.0"),
        ({"secret": "whsec_dG9vIHNob3J0"}, "secret"),
        ({"secret": "c2VjcmV0"}, "secret"),
        ({"colour": "red"}, "colour"),
        ({"channel": "email", "address": "office@provider.example"}, "channel"),
        ({"channel": "govuk-notify", "address": "office@provider.example"}, "channel"),
    ],
)
async def test_a_wish_that_can_not_be_granted_names_its_field(
    door: MakeDoor, change: dict[str, Any], field: str
) -> None:
    answer = await door().post("/v1/subscriptions", json=WISH | change)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("office@provider.example", 201),
        ("office", 422),
        ("office@provider.example\nBcc: x@y.example", 422),
        ("Office <office@provider.example>", 422),
        ("öffice@provider.example", 422),
        ("a@b", 422),
    ],
)
async def test_a_mailbox(door: MakeDoor, address: str, status: int) -> None:
    wish = WISH | {"channel": "email", "address": address}
    answer = await door(smtp_host="127.0.0.1").post("/v1/subscriptions", json=wish)
    assert answer.status_code == status
    if status == 201:
        assert answer.json()["secret"] is None


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "2130706433"]
)
async def test_a_webhook_can_not_reach_inside(door: MakeDoor, host: str) -> None:
    wish = WISH | {"address": f"https://{host}/latest/meta-data"}
    answer = await door(allow_private_webhooks=False).post("/v1/subscriptions", json=wish)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "address"


async def test_who_speaks_for_a_buyer_subscribes_only_that_buyer(door: MakeDoor) -> None:
    client = door(token_key=KEY)
    assert (await client.post("/v1/subscriptions", json=WISH)).status_code == 401
    lacks = await client.post(
        "/v1/subscriptions", json=WISH, headers=bearer(scopes=("spend:read",))
    )
    assert lacks.status_code == 403
    leeds = bearer(BUYER)
    assert (await client.post("/v1/subscriptions", json=WISH, headers=leeds)).status_code == 403
    own = await client.post("/v1/subscriptions", json=WISH | {"subscriber": BUYER}, headers=leeds)
    assert own.status_code == 201
    other = await client.post("/v1/subscriptions", json=WISH, headers=bearer())
    assert other.status_code == 201
    listed = (await client.get("/v1/subscriptions", headers=leeds)).json()["subscriptions"]
    assert [one["subscriber"] for one in listed] == [BUYER]
    path = f"/v1/subscriptions/{other.json()['subscription_id']}"
    nowhere = "/v1/subscriptions/00000000-0000-0000-0000-000000000000"
    others = [await client.delete(each, headers=leeds) for each in (path, nowhere)]
    assert [one.status_code for one in others] == [404, 404], "an id follows from an address"
    assert (await client.delete(path, headers=bearer())).status_code == 204


async def test_the_list_comes_in_pages(door: MakeDoor) -> None:
    client = door()
    for number in range(5):
        await client.post(
            "/v1/subscriptions", json=WISH | {"address": f"https://p.example/{number}"}
        )
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/subscriptions", params=query)).json()
        seen += [one["address"][-1] for one in page["subscriptions"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["0", "1", "2", "3", "4"]
    nines = base64.urlsafe_b64encode(b"0" * 20 + b"9" * 5000).decode()
    for other in ("x", nines):
        answer = await client.get("/v1/subscriptions", params={"cursor": other})
        assert answer.status_code == 422


async def test_an_unknown_subscription_is_not_known(door: MakeDoor) -> None:
    answer = await door().delete("/v1/subscriptions/0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10")
    assert answer.status_code == 404
