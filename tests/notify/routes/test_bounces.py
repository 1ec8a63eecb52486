"""Bounces by the door."""

import threading
from uuid import uuid4

import pytest

from services.notify.bounces import record_bounce
from services.notify.bounces.bounce import Bounce, read_bounce
from services.notify.channels.return_path import ReturnPaths
from tests.notify.dsn import bounce
from tests.notify.routes.conftest import KEY, MakeDoor, bearer

PATHS = ReturnPaths("x@y.example", "the link key of the tests, long enough for HS256")
MAIL = {"content-type": "message/rfc822"}


async def test_a_bounce_needs_its_own_scope_and_a_signed_message(door: MakeDoor) -> None:
    client = door(token_key=KEY)
    unknown, forged = bounce(PATHS.token(str(uuid4()))), bounce(str(uuid4()))
    server = MAIL | bearer(scopes=("bounces:write",))
    for headers, content, status in [
        (MAIL, unknown, 401),
        (MAIL | bearer(), unknown, 403),
        (server, forged, 403),
        (server, b"Subject: Out of office\r\n\r\nBack on Monday", 403),
        (server, b"To: " + unknown.partition(b"To: ")[2].replace(b"/report", b"/mixed"), 422),
        (server, unknown, 404),
    ]:
        answer = await client.post("/v1/bounces", content=content, headers=headers)
        assert answer.status_code == status, answer.text


async def test_mail_is_parsed_where_it_names_a_message_of_ours_and_beside_the_event_loop(
    door: MakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def read(raw: bytes, recipient: str) -> Bounce:
        threads.append(threading.current_thread())
        return read_bounce(raw, recipient)

    monkeypatch.setattr(record_bounce, "read_bounce", read)
    client = door(token_key=KEY)
    headers = MAIL | bearer(scopes=("bounces:write",))
    theirs = ReturnPaths("x@y.example", "the key of another deployment, long enough for HS256")
    for content in (bounce("none"), bounce(theirs.token(str(uuid4()))), b"X: " + b"a " * 200_000):
        answer = await client.post("/v1/bounces", content=content, headers=headers)
        assert answer.status_code == 403
    assert threads == []
    ours = bounce(PATHS.token(str(uuid4())))
    assert (await client.post("/v1/bounces", content=ours, headers=headers)).status_code == 404
    [thread] = threads
    assert thread is not threading.current_thread()
