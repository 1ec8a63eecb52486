"""What receivers of webhooks say of having read a message."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from services.notify.acknowledgements.webhook_reply import (
    Reply,
    check_signature,
    read_answer,
    read_request,
)
from shared.access import Refused
from shared.errors import Rejected
from tests.notify.facts import NOW
from tests.notify.receiver import SECRET

KEY = "0c1f7f5e-7c1b-4a55-8e5e-2b6f3d1c9a10"
OTHER = "whsec_" + "b3RoZXI" * 6
BODY = b'{"acknowledged": true, "by": "duty manager"}'


def signed(**changes: str) -> dict[str, str]:
    return {
        "webhook-id": KEY,
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(KEY, NOW, BODY.decode()),
        **changes,
    }


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (
            '{"acknowledged": true, "by": "duty manager"}',
            Reply(acknowledged=True, by="duty manager"),
        ),
        ('{"acknowledged": true, "more": 1}', Reply(acknowledged=True)),
        ('{"acknowledged": false, "by": "x"}', None),
        ('{"acknowledged": "true"}', None),
        ('{"acknowledged": true, "by": "' + "x" * 201 + '"}', None),
        ('{"acknowledged": true, "by": "<\u202e\u2028>evil"}', None),
        ('{"acknowledged": true, "by": "cut o', None),
        ('["acknowledged"]', None),
        ("ok", None),
    ],
)
def test_only_a_plain_yes_acknowledges(answer: str, reply: Reply | None) -> None:
    assert read_answer(answer) == reply


@pytest.mark.parametrize("secrets", [[SECRET], [OTHER, SECRET]])
def test_each_secret_that_is_valid_signs(secrets: list[str]) -> None:
    check_signature(secrets, signed(), BODY, KEY, NOW + timedelta(minutes=5))
    both = "v1,bm8= " + signed()["webhook-signature"]
    check_signature(secrets, signed(**{"webhook-signature": both}), BODY, KEY, NOW)


@pytest.mark.parametrize(
    ("check", "says"),
    [
        (lambda: check_signature([OTHER], signed(), BODY, KEY, NOW), "secret"),
        (lambda: check_signature([], signed(), BODY, KEY, NOW), "secret"),
        (lambda: check_signature([SECRET], signed(), BODY + b" ", KEY, NOW), "secret"),
        (
            lambda: check_signature([SECRET], signed(), BODY, KEY, NOW + timedelta(seconds=301)),
            "five",
        ),
        (
            lambda: check_signature([SECRET], signed(), BODY, KEY, NOW - timedelta(seconds=301)),
            "five",
        ),
        (lambda: check_signature([SECRET], signed(), BODY, KEY[::-1], NOW), "webhook-id"),
        (
            lambda: check_signature([SECRET], signed(**{"webhook-timestamp": "²"}), BODY, KEY, NOW),
            "seconds since",
        ),
    ],
)
def test_what_is_not_signed_just_now_for_this_is_refused(
    check: Callable[[], None], says: str
) -> None:
    with pytest.raises(Refused, match=says) as refused:
        check()
    assert refused.value.status == 401


def test_a_body_that_is_too_long_or_no_reply_is_rejected_by_its_field() -> None:
    with pytest.raises(Rejected, match="2048 bytes"):
        check_signature([SECRET], signed(), b" " * 2049, KEY, NOW)
    with pytest.raises(Rejected) as rejected:
        read_request(b'{"by": "duty manager"}')
    assert rejected.value.field == "acknowledged"
