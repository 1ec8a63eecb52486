"""Acknowledgement by link and by an officer, and the list that shows it."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import Response
from standardwebhooks import Webhook

from services.notify.acknowledgements.link import Links
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import Plans, load_plans
from services.notify.subscriptions.rotate_secret import rotate_secret
from services.notify.subscriptions.secret import RotationWish
from shared.access import ANYONE
from tests.notify.conftest import BARE, LINKS, Desk
from tests.notify.facts import BUYER, ORGANISATION, registered
from tests.notify.receiver import SECRET, Receiver
from tests.notify.routes.conftest import KEY, MakeDoor, bearer
from tests.support.pages import check_page

HTML = {"Accept": "text/html"}


@pytest.fixture
async def told(desk: Desk, receiver: Receiver) -> Desk:
    """A provider that was told of a notice day."""
    desk.now = datetime.now(UTC)
    await desk.match()
    await desk.subscribe(receiver.url, event_types=["notice.due.v1"])
    await desk.tell(registered(end=desk.now.date() + timedelta(days=180)))
    await desk.raise_due()
    await desk.deliver()
    return desk


def link_of(receiver: Receiver) -> str:
    """The path and query of the link in the message that was received."""
    url = urlsplit(receiver.requests[-1].event["acknowledgeurl"])
    return f"{url.path}?{url.query}"


@pytest.fixture
def client(door: MakeDoor) -> httpx.AsyncClient:
    return door(link_key=LINKS._key, token_key=KEY)


async def acknowledged_facts(desk: Desk) -> list[dict[str, Any]]:
    return [one.data for one in await desk.published() if one.type == "notice.acknowledged.v1"]


async def test_a_mail_scanner_that_follows_the_link_acknowledges_nothing(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    page = await client.get(link_of(receiver))
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert '<form method="post" action="?token=' in page.text
    assert await acknowledged_facts(told) == []


async def test_the_button_acknowledges_once(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    link = link_of(receiver)
    form = re.search(r'action="([^"]+)"', (await client.get(link)).text)
    assert form is not None
    for _ in range(2):
        thanks = await client.post(link.partition("?")[0] + form[1], headers=HTML)
        assert thanks.status_code == 200
        assert "Thank you" in thanks.text
    [fact] = await acknowledged_facts(told)
    assert (fact["recipient"], fact["capacity"]) == (ORGANISATION, "provider")
    assert (fact["channel"], fact["revision"], fact["sequence"]) == ("webhook", 1, 2)
    assert fact["notification_id"] == receiver.requests[0].id
    assert "Confirmed already" in (await client.get(link)).text


async def test_an_officer_acknowledges_for_its_own_buyer_only(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    path = f"/v1/notifications/{receiver.requests[0].id}/acknowledge"
    assert (await client.post(path)).status_code == 401
    assert (await client.post(path, headers=bearer("GB-LAE-BRD"))).status_code == 404
    said = {"reason": "reached by telephone"}
    answer = await client.post(path, headers=bearer(BUYER), json=said)
    assert answer.status_code == 200
    assert answer.json()["acknowledged_by"] == "officer@buyer.example"
    assert (answer.json()["means"], answer.json()["reason"]) == ("officer", said["reason"])
    again = await client.post(path, headers=bearer(BUYER))
    assert again.json() == answer.json(), "the first acknowledgement stands"
    [fact] = await acknowledged_facts(told)
    assert (fact["recipient"], fact["capacity"]) == (ORGANISATION, "buyer")
    assert "officer" not in str(fact), "no person's name on a topic that is kept for ever"


async def test_an_officers_word_is_not_the_providers(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    key = receiver.requests[0].id
    path = f"/v1/notifications/{key}/acknowledge"
    await client.post(path, headers=bearer(BUYER))
    assert "<button>" in (await client.get(link_of(receiver))).text
    answer = await client.post(link_of(receiver))
    assert (answer.json()["capacity"], answer.json()["acknowledged_by"]) == (
        "provider",
        ORGANISATION,
    )
    assert [fact["capacity"] for fact in await acknowledged_facts(told)] == ["buyer", "provider"]
    await check_page(client, "/v1/notifications", "notifications", "state", bearer(BUYER))
    [one] = (await client.get("/v1/notifications", headers=bearer(BUYER))).json()["notifications"]
    assert [each["capacity"] for each in one["acknowledgements"]] == ["buyer", "provider"]


async def test_who_was_told_in_error_acknowledges_nothing_of_the_agreement(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    first = link_of(receiver)
    await told.match(None, revision=2)
    await told.deliver()
    assert receiver.types[-1] == "notice.withdrawn.v1"
    for link in (first, link_of(receiver)):
        assert (await client.post(link)).status_code == 200
    assert await acknowledged_facts(told) == []


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
async def test_a_link_that_was_changed_or_is_too_old_is_refused_in_words(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient, accept: str
) -> None:
    key = receiver.requests[0].id
    old = Links("https://notify.example", timedelta(days=-1), LINKS._key).token(key, told.now)
    for token, says in [("changed", "not one of ours"), (old, "expired")]:
        path = f"/v1/notifications/{key}/acknowledge?token={token}"
        for answer in (
            await client.post(path, headers={"Accept": accept}),
            await client.get(path, headers={"Accept": accept}),
        ):
            assert answer.status_code == 403
            assert says in answer.text
    assert await acknowledged_facts(told) == []


async def test_what_was_acknowledged_needs_no_more_attempts(
    desk: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    """The receiver took the message, yet its answer never came back."""
    receiver.answer = lambda _: Response(status_code=502)
    desk.now = datetime.now(UTC)
    await desk.match()
    await desk.subscribe(receiver.url, event_types=["notice.due.v1"])
    await desk.tell(registered(end=date(desk.now.year + 1, 1, 31)))
    await desk.raise_due()
    await desk.deliver()
    assert [state for state, _ in await desk.states()] == ["pending"]
    assert (await client.post(link_of(receiver))).status_code == 200
    desk.now += timedelta(days=2)
    assert await desk.deliver() == 0


async def test_the_list_shows_states_and_attempts(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    officer = bearer(BUYER)
    agreement = receiver.requests[0].event["subject"]

    async def listed(**query: str) -> list[dict[str, Any]]:
        answer = await client.get("/v1/notifications", params=query, headers=officer)
        assert answer.status_code == 200
        found: list[dict[str, Any]] = answer.json()["notifications"]
        return found

    [one] = await listed(agreement=agreement, state="delivered")
    assert one["state"] == "delivered"
    [attempt] = one["attempts"]
    assert (attempt["attempt"], attempt["outcome"], attempt["status"]) == (1, "delivered", 204)
    await client.post(link_of(receiver))
    assert await listed(state="delivered") == []
    [one] = await listed(state="acknowledged")
    assert [each["acknowledged_by"] for each in one["acknowledgements"]] == [ORGANISATION]
    assert await listed(agreement="0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10") == []
    other = await client.get("/v1/notifications", headers=bearer("GB-LAE-BRD"))
    assert other.json()["notifications"] == []


async def test_the_list_comes_in_pages_newest_first(
    desk: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    await desk.match()
    await desk.subscribe(receiver.url, event_types=["notice.due.v1"])
    await desk.tell(*(registered(f"LCC/{number}") for number in range(5)))
    await desk.raise_due()
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = await client.get("/v1/notifications", params=query, headers=bearer())
        seen += [one["notification_id"] for one in answer.json()["notifications"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    order = await desk.rows("select notification_id::text from notifications order by seq desc")
    assert seen == [key for (key,) in order]
    assert len(seen) == 5


async def test_an_unknown_notification_is_not_known(client: httpx.AsyncClient) -> None:
    key = "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10"
    path = f"/v1/notifications/{key}/acknowledge"
    assert (await client.post(path, headers=bearer())).status_code == 404
    token = LINKS.token(key, datetime.now(UTC))
    assert (await client.get(f"{path}?token={token}")).status_code == 404


async def only_subscription(desk: Desk) -> str:
    [(key,)] = await desk.rows("select subscription_id::text from subscriptions")
    return str(key)


async def test_a_receiver_acknowledges_by_a_request_signed_with_its_own_secret(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    key = receiver.requests[0].id
    path = f"/v1/notifications/{key}/acknowledge"
    body = '{"acknowledged": true, "by": "duty manager"}'

    def headers(secret: str, to: str = key) -> dict[str, str]:
        now = datetime.now(UTC)
        return {
            "webhook-id": to,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(to, now, body),
        }

    stranger = "whsec_" + "c3RyYW5nZXI" * 4
    unknown = "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10"
    for target, wrong in [
        (path, headers(stranger)),
        (path, headers(SECRET, unknown)),
        (path.replace(key, unknown), headers(SECRET, unknown)),
    ]:
        assert (await client.post(target, content=body, headers=wrong)).status_code == 401
    assert await acknowledged_facts(told) == []
    await rotate_secret(
        told.engine, await only_subscription(told), RotationWish(), ANYONE, told.now
    )
    sent = headers(SECRET)  # by the secret before, which is valid for a day
    for _ in range(2):
        answer = await client.post(path, content=body, headers=sent)
        assert answer.status_code == 200
        assert (answer.json()["means"], answer.json()["acknowledged_by"]) == (
            "request",
            "duty manager",
        )
    await client.post(link_of(receiver))
    said = await told.rows("select means from acknowledgements order by acknowledged_at")
    assert said == [("request",), ("link",)], "the first counts, each is recorded"
    [fact] = await acknowledged_facts(told)
    assert "duty manager" not in str(fact), "no person's name on a topic that is kept for ever"


async def test_a_notification_shows_how_it_escalated(
    told: Desk, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    watched = BARE.default.model_copy(update={"escalation": load_plans().default.escalation})
    await adopt_plans(told.engine, Plans(2, (watched,)), told.now)
    await told.escalate()
    path = f"/v1/notifications/{receiver.requests[0].id}"
    shown = (await client.get(path, headers=bearer(BUYER))).json()
    chain = shown["escalation"]
    assert (chain["party"], chain["state"], chain["steps"]) == ("provider", "waiting", [])
    assert [one["notification_id"] for one in chain["told_first"]] == [shown["notification_id"]]
    told.now = datetime.fromisoformat(chain["next_step_at"])
    await told.escalate()
    chain = (await client.get(path, headers=bearer(BUYER))).json()["escalation"]
    [step] = chain["steps"]
    assert (chain["state"], chain["next_step_at"]) == ("exhausted", None)
    assert (step["step"], step["target"], step["notifications"]) == (1, "officers", [])
    assert (await client.get(path, headers=bearer("GB-LAE-BRD"))).status_code == 404
    unknown = "/v1/notifications/0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10"
    assert (await client.get(unknown, headers=bearer())).status_code == 404


async def test_at_an_open_door_an_officer_says_who_it_is(
    told: Desk, receiver: Receiver, door: MakeDoor
) -> None:
    client = door(link_key=LINKS._key)
    path = link_of(receiver).partition("?")[0]
    refused = await client.post(path, json={"reason": "reached by telephone"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "who")
    answer = await client.post(path, json={"who": "An Officer"})
    assert answer.json()["acknowledged_by"] == "An Officer"
    unknown = await client.post(path, json={"who": "An Officer", "whom": "x"})
    assert unknown.json()["detail"] == "whom: there is a field that is not known"
