"""Webhooks by the Standard Webhooks specification, and no way inside."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from fastapi import Response
from jsonschema import validate
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.addresses import Addresses
from services.notify.channels import connections, webhook
from services.notify.channels.webhook import WebhookChannel, compose, judge, retry_after, sign
from services.notify.subscriptions import addresses
from services.notify.wording.message import Message
from tests.notify.facts import NOW
from tests.notify.receiver import SECRET, Receiver
from tests.notify.wording.test_message import FACT

BODY = b'{"type": "notice.due.v1"}'
STANDARDS = Path(__file__).parents[4] / "shared" / "standards"


@pytest.fixture
async def channel() -> AsyncIterator[WebhookChannel]:
    channel = WebhookChannel(allow_private=True, connect_seconds=1, total_seconds=1, connections=5)
    yield channel
    await channel.close()


def test_the_published_signature() -> None:
    """As in the specification's own test vector."""
    assert (
        sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            datetime.fromtimestamp(1614265330, UTC),
            b'{"test": 2432232314}',
        )
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


async def test_the_specifications_own_verifier_accepts_what_is_sent(
    stack: Addresses, receiver: Receiver, channel: WebhookChannel
) -> None:
    now = datetime.now(UTC)
    outcome = await channel.send(receiver.url, (SECRET,), "msg_1", BODY, now)
    assert (outcome.kind, outcome.status) == ("delivered", 204)
    [request] = receiver.requests
    assert Webhook(SECRET).verify(request.body, request.headers) == {"type": "notice.due.v1"}
    assert request.id == "msg_1"
    assert request.headers["content-type"].startswith("application/cloudevents+json")
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body + b" ", request.headers)


async def test_the_time_of_the_signature_is_the_same_in_every_zone(
    stack: Addresses, receiver: Receiver, channel: WebhookChannel
) -> None:
    abroad = datetime.now(UTC).astimezone(tz=None) + timedelta()
    await channel.send(receiver.url, (SECRET,), "msg_1", BODY, abroad)
    [request] = receiver.requests
    Webhook(SECRET).verify(request.body, request.headers)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (301, "failed"),
        (308, "failed"),
        (400, "retry"),
        (404, "retry"),
        (410, "gone"),
        (429, "retry"),
        (500, "retry"),
        (502, "retry"),
    ],
)
def test_what_an_answer_means(status: int, kind: str) -> None:
    assert judge(status, {}, b"", NOW).kind == kind


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("Mon, 23 Nov 2026 09:02:00 GMT", 120),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("9" * 5000, 10**9),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    ],
)
def test_retry_after_as_seconds_or_a_date(text: str, seconds: int | None) -> None:
    asked = retry_after(text, NOW)
    assert (asked.total_seconds() if asked is not None else None) == seconds


async def test_two_kilobytes_of_the_answer_are_kept_as_text(
    stack: Addresses, receiver: Receiver, channel: WebhookChannel
) -> None:
    receiver.answer = lambda _: Response(b"\x00\xff" + b"x" * 100_000, status_code=500)
    outcome = await channel.send(receiver.url, (SECRET,), "msg_1", BODY, NOW)
    assert outcome.response == "\ufffd\ufffd" + "x" * 2046


async def _serve(answer: bytes, *, then_hang: bool = False) -> tuple[asyncio.Server, str]:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if then_hang:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize(
    ("answer", "then_hang", "kind"),
    [
        (b"", True, "retry"),
        (b"", False, "retry"),
        (b"HTTP/1.1 200", False, "retry"),
        (b"this is not HTTP\r\n\r\n", False, "retry"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf", False, "delivered"),
    ],
)
async def test_a_receiver_that_speaks_badly_or_not_at_all(
    stack: Addresses, channel: WebhookChannel, answer: bytes, then_hang: bool, kind: str
) -> None:
    server, url = await _serve(answer, then_hang=then_hang)
    outcome = await channel.send(url, (SECRET,), "msg_1", BODY, NOW)
    server.close()
    assert outcome.kind == kind
    assert (outcome.detail == "") == (kind == "delivered")


async def test_a_2xx_stands_even_where_its_body_never_ends(
    stack: Addresses, channel: WebhookChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_ANSWER_SECONDS", 0.1)
    server, url = await _serve(
        b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nthanks", then_hang=True
    )
    outcome = await channel.send(url, (SECRET,), "msg_1", BODY, NOW)
    server.close()
    assert (outcome.kind, outcome.response) == ("delivered", "thanks")


async def test_nobody_listens(stack: Addresses, channel: WebhookChannel) -> None:
    server, url = await _serve(b"")
    server.close()
    await server.wait_closed()
    assert (await channel.send(url, (SECRET,), "msg_1", BODY, NOW)).kind == "retry"


async def test_an_address_that_became_private_is_not_connected_to(
    stack: Addresses, receiver: Receiver
) -> None:
    """What registration saw does not count: the address is checked as it is connected to."""
    channel = WebhookChannel(allow_private=False, connect_seconds=1, total_seconds=1, connections=1)
    url = receiver.url.replace("http://", "https://")
    outcome = await channel.send(url, (SECRET,), "msg_1", BODY, NOW)
    plain = await channel.send(receiver.url, (SECRET,), "msg_1", BODY, NOW)
    await channel.close()
    assert outcome.kind == plain.kind == "retry"
    assert "inside a network" in outcome.detail
    assert "over https only" in plain.detail
    assert receiver.requests == []


async def test_the_connection_is_made_to_the_address_that_was_checked(
    stack: Addresses, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that resolves to another address a moment later has no second chance."""
    asked = []

    async def resolved(host: str, _port: int) -> object:
        asked.append(host)
        return [ip_address("127.0.0.1")]

    monkeypatch.setattr(addresses, "resolve", resolved)
    monkeypatch.setattr(addresses, "is_public", lambda _: True)
    monkeypatch.setattr(connections, "_ENCRYPTED", (b"http",))
    channel = WebhookChannel(allow_private=False, connect_seconds=1, total_seconds=1, connections=1)
    url = receiver.url.replace("127.0.0.1", "provider.example")
    outcome = await channel.send(url, (SECRET,), "msg_1", BODY, NOW)
    await channel.close()
    assert outcome.kind == "delivered"
    assert asked == ["provider.example"]
    assert receiver.requests[0].headers["host"].startswith("provider.example")


def test_the_body_is_a_cloudevent_by_its_published_schema() -> None:
    schema = STANDARDS / "cloudevents" / "cloudevents.json"
    if not schema.exists():
        pytest.skip("the published CloudEvents schema is not here")
    body = compose(FACT, "n-1", Message("s", "t", "h"), "https://notify.example/a")
    validate(json.loads(body), json.loads(schema.read_text()))
