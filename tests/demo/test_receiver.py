"""The demo's receiver believes what is signed with the secret of the one it is for, once."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from deploy.demo.receiver import receiving

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"type": "notice.due.v1"}'


def signed(secret: str, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, BODY),
    }


@pytest.mark.loopback
def test_a_signed_message_is_taken_once_however_often_it_comes() -> None:
    with receiving() as receiver:
        receiver.trust("to-1", "a provider", SECRET)
        for _ in range(2):
            answer = httpx.post(receiver.address("to-1"), content=BODY, headers=signed(SECRET))
            assert answer.status_code == 204
        [message] = receiver.messages
        assert message.recipient == "a provider"
        assert message.id == "msg_1"
        assert message.event == {"type": "notice.due.v1"}


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (signed(OTHER), 401),
        (signed(SECRET, datetime.now(UTC) - timedelta(hours=1)), 401),
        ({}, 401),
    ],
)
def test_what_is_not_signed_rightly_and_lately_is_refused(
    headers: dict[str, str], status: int
) -> None:
    with receiving() as receiver:
        receiver.trust("to-1", "a provider", SECRET)
        answer = httpx.post(receiver.address("to-1"), content=BODY, headers=headers)
        assert answer.status_code == status
        assert receiver.messages == []
        assert receiver.refused == 1


@pytest.mark.loopback
def test_nobody_is_at_home_for_another_recipient() -> None:
    with receiving() as receiver:
        answer = httpx.post(receiver.address("nobody"), content=BODY, headers=signed(SECRET))
        assert answer.status_code == 404
