"""Bounces by the door."""

from uuid import uuid4

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
        (server, b"Subject: Out of office\r\n\r\nBack on Monday", 422),
        (server, unknown, 404),
    ]:
        answer = await client.post("/v1/bounces", content=content, headers=headers)
        assert answer.status_code == status, answer.text
