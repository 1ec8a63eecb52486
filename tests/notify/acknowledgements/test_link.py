"""Acknowledgement links: ours, for one message, for a time."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from pydantic import SecretStr

from services.notify.acknowledgements.link import Links
from shared.access import Refused, issue_token
from tests.notify.facts import NOW

KEY = "a key of the tests, 32 bytes or more"
LINKS = Links("https://notify.example/notify/", timedelta(days=90), KEY)


def test_a_link_leads_to_its_notification() -> None:
    url = urlsplit(LINKS.to("n-1", NOW))
    assert url.path == "/notify/v1/notifications/n-1/acknowledge"
    [token] = parse_qs(url.query)["token"]
    LINKS.check(token, "n-1", NOW + timedelta(days=90))


def test_the_same_message_sent_again_has_the_same_link() -> None:
    assert LINKS.to("n-1", NOW) == LINKS.to("n-1", NOW)


def test_an_expired_link_says_so() -> None:
    with pytest.raises(Refused, match="expired"):
        LINKS.check(LINKS.token("n-1", NOW), "n-1", NOW + timedelta(days=90, seconds=1))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y.z",
        LINKS.token("n-1", NOW)[:-4] + "AAAA",
        Links("https://notify.example", timedelta(days=90), KEY[::-1]).token("n-1", NOW),
        jwt.encode({"sub": "n-1", "aud": "localpound-acknowledge", "exp": 2**40}, "", "none"),
        issue_token(SecretStr(KEY), "n-1", ["notices:write"], NOW, buyers=["*"]),
    ],
)
def test_what_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(Refused, match="not one of ours"):
        LINKS.check(token, "n-1", NOW)


def test_a_link_for_one_message_does_not_do_for_another() -> None:
    with pytest.raises(Refused, match="another message"):
        LINKS.check(LINKS.token("n-2", NOW), "n-1", NOW)
