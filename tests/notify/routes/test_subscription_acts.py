"""What is done with a subscription over HTTP, and ending it by the link in a message."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from services.notify.acknowledgements.link import Links
from shared.database import begin, raw_connection
from tests.notify.conftest import Desk
from tests.notify.facts import BUYER, ORGANISATION, registered
from tests.notify.receiver import SECRET, Receiver
from tests.notify.routes.conftest import KEY, MakeDoor, bearer
from tests.notify.routes.test_subscriptions import WISH

LINKS = Links(
    "http://notify.example",
    timedelta(days=180),
    "the link key of the tests, long enough for HS256",
)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def added(client: httpx.AsyncClient, **change: str) -> str:
    answer = await client.post("/v1/subscriptions", json=WISH | {"secret": SECRET} | change)
    return f"/v1/subscriptions/{answer.json()['subscription_id']}"


async def test_a_rotated_secret_signs_beside_the_old_one(
    door: MakeDoor, desk: Desk, receiver: Receiver
) -> None:
    client = door()
    path = await added(client, address=receiver.url)
    answer = await client.post(f"{path}/secret", json={"overlap_hours": 48})
    new = answer.json()["secret"]
    assert answer.status_code == 200
    shown = (await client.get(path)).json()
    assert shown["previous_secret_until"] == answer.json()["previous_secret_until"]
    assert SECRET not in str(shown)
    assert new not in str(shown)
    again = await client.post(f"{path}/secret", json={})
    assert again.status_code == 409
    for hours in (-1, 169):
        refused = await client.post(f"{path}/secret", json={"overlap_hours": hours})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "overlap_hours")
    await desk.match()
    await desk.tell(registered())
    await desk.raise_due()
    desk.now = datetime.now(UTC)
    await desk.deliver()
    [got, *_] = receiver.requests
    assert len(got.headers["webhook-signature"].split(" ")) == 2
    receiver.verify_with(new, got)
    receiver.verify_with(SECRET, got)


async def test_a_change_names_the_version_that_it_saw(door: MakeDoor) -> None:
    client = door()
    path = await added(client)
    wrong = {"version": 1, "preferences": {"quiet_times": [{"first": "2026-12-25"}]}}
    refused = await client.patch(path, json=wrong)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "preferences.quiet_times.0.last"
    change = {"version": 1, "event_types": ["notice.due.v1"]}
    changed = await client.patch(path, json=change)
    assert (changed.status_code, changed.json()["event_types"]) == (200, ["notice.due.v1"])
    late = await client.patch(path, json=change | {"event_types": ["end-date.asked.v1"]})
    assert late.status_code == 409
    assert "at version 2" in late.json()["detail"]
    assert (await client.get(path)).json()["event_types"] == ["notice.due.v1"]


async def test_a_resumption_checks_the_address_again(door: MakeDoor) -> None:
    client = door()
    path = await added(client, address="https://10.0.0.1/notices")
    await client.delete(path)
    refused = await door(allow_private_webhooks=False).post(f"{path}/resume")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "address")
    assert not (await client.get(path)).json()["active"]
    resumed = await client.post(f"{path}/resume")
    assert (resumed.status_code, resumed.json()["active"]) == (200, True)


async def test_a_replay_tells_how_far_it_came(
    door: MakeDoor, desk: Desk, receiver: Receiver
) -> None:
    client = door()
    path = await added(client, address=receiver.url)
    await desk.match()
    await desk.tell(registered(), registered("LCC/2"))
    await desk.raise_due()
    desk.now = datetime.now(UTC)
    await desk.deliver()
    asked = await client.post(f"{path}/replay", json={"since": "2026-01-01T00:00:00Z"})
    assert asked.status_code == 202
    assert (asked.json()["queued"], asked.json()["next_cursor"]) == (2, None)
    desk.now = datetime.now(UTC)
    await desk.deliver()
    [replay] = (await client.get(f"{path}/replays")).json()["replays"]
    assert (replay["waiting"], replay["delivered"]) == (0, 2)
    assert len(receiver.ids) == 4
    assert len(set(receiver.ids)) == 2


async def test_notifications_are_found_by_whose_they_are_and_when(
    door: MakeDoor, desk: Desk, receiver: Receiver
) -> None:
    client = door()
    await desk.match()
    own = await desk.subscribe(receiver.url)
    await desk.subscribe(receiver.url + "/buyer", BUYER)
    await desk.tell(registered(), registered("LCC/2"))
    await desk.raise_due()
    later = (desk.now + timedelta(seconds=1)).isoformat()
    for wanted, count in [
        ({"subscription": own}, 2),
        ({"subscriber": ORGANISATION}, 2),
        ({"buyer": BUYER}, 4),
        ({"buyer": "GB-LAE-YOR"}, 0),
        ({"since": desk.now.isoformat()}, 4),
        ({"since": later}, 0),
        ({"until": desk.now.isoformat()}, 0),
        ({"until": later, "subscriber": BUYER, "state": "pending"}, 2),
        ({"state": "held"}, 0),
    ]:
        answer = await client.get("/v1/notifications", params=wanted)
        assert answer.status_code == 200
        assert len(answer.json()["notifications"]) == count, wanted


async def test_following_the_link_ends_nothing_and_one_click_does(door: MakeDoor) -> None:
    client = door(token_key=KEY, smtp_host="127.0.0.1")
    officer = bearer()
    mailbox = {"subscriber": ORGANISATION, "channel": "email", "address": "office@p.example"}
    made = await client.post("/v1/subscriptions", json=mailbox, headers=officer)
    key = made.json()["subscription_id"]
    link = LINKS.unsubscribe(key, datetime.now(UTC))
    page = await client.get(link)
    assert page.status_code == 200
    assert "<button>Unsubscribe</button>" in page.text
    assert page.headers["cache-control"] == "no-store"
    path = f"/v1/subscriptions/{key}"
    assert (await client.get(path, headers=officer)).json()["active"]
    assert (await client.post(link)).status_code == 422
    assert (await client.get(path, headers=officer)).json()["active"]
    for _ in range(2):
        assert (await client.post(link, data=ONE_CLICK)).status_code == 200
    off = (await client.get(path, headers=officer)).json()
    assert (off["active"], off["inactive_by"]) == (False, "unsubscribed")
    assert "Send them again" in (await client.get(link)).text
    assert (await client.post(link, data={"Subscribe": "Again"})).status_code == 200
    assert (await client.get(path, headers=officer)).json()["active"]


async def test_only_its_own_link_ends_it_by_either_kind_of_form(door: MakeDoor) -> None:
    client = door()
    path = await added(client)
    key = path.rsplit("/", 1)[1]
    old = LINKS.unsubscribe(key, datetime.now(UTC) - timedelta(days=181))
    other = LINKS.token(key, datetime.now(UTC))
    for link in (old, f"{path}/unsubscribe?token={other}"):
        assert (await client.post(link, data=ONE_CLICK)).status_code == 403
    assert (await client.get(path)).json()["active"]
    good = LINKS.unsubscribe(key, datetime.now(UTC))
    parts = {name: (None, value) for name, value in ONE_CLICK.items()}
    assert (await client.post(good, files=parts)).status_code == 200
    assert not (await client.get(path)).json()["active"]


async def test_the_link_takes_up_nothing_that_was_switched_off_otherwise(
    door: MakeDoor, desk: Desk
) -> None:
    client = door()
    path = await added(client)
    key = path.rsplit("/", 1)[1]
    link = LINKS.unsubscribe(key, datetime.now(UTC))
    async with begin(desk.engine) as tx:
        await (await raw_connection(tx)).execute(
            "update subscriptions set active = false, inactive_by = 'failing'"
        )
    assert (await client.post(link, data={"Subscribe": "Again"})).status_code == 409
    assert not (await client.get(path)).json()["active"]


PART = "--b\r\n{}\r\n\r\nOne-Click\r\n--b--\r\n"
MULTIPART = {"content-type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize(("ours", "status", "most"), [(False, 403, 0), (True, 413, 8192)])
async def test_a_form_is_read_for_a_link_of_ours_and_no_further_than_it_can_be_one(
    door: MakeDoor, ours: bool, status: int, most: int
) -> None:
    key, read = str(uuid4()), 0
    link = LINKS.unsubscribe(key if ours else str(uuid4()), datetime.now(UTC)).partition("?")[2]

    async def disposition() -> AsyncIterator[bytes]:
        nonlocal read
        for piece in [b"--b\r\nContent-Disposition: ", *[b"a " * 500] * 400]:
            read += len(piece)
            yield piece

    path = f"/v1/subscriptions/{key}/unsubscribe?{link}"
    answer = await door().post(path, content=disposition(), headers=MULTIPART)
    assert answer.status_code == status
    assert read <= most


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (
            (
                'Content-Disposition: form-data; name="List-Unsubscribe"\r\n'
                "Content-Type: text/plain; charset=nonsense"
            ),
            200,
        ),
        ("Content-Disposition: form-data; name=" + "(" * 3000, 422),
        ("Content-Disposition: form-data; name=" + "(" * 30_000, 413),
        ("Content-Disposition", 422),
    ],
)
async def test_a_malformed_form_is_refused_and_an_odd_one_read(
    door: MakeDoor, head: str, status: int
) -> None:
    client = door()
    key = (await added(client)).rsplit("/", 1)[1]
    link = LINKS.unsubscribe(key, datetime.now(UTC))
    answer = await client.post(link, content=PART.format(head).encode(), headers=MULTIPART)
    assert answer.status_code == status, answer.text
