"""A mail as it goes over the wire."""

import email
from dataclasses import replace
from email import policy

import pytest

from services.notify.channels.mail import Sender, compose
from services.notify.wording.message import Message
from shared.errors import Rejected
from tests.notify.facts import NOW
from tests.notify.mailbox import PATHS

SENDER = Sender.of("Bwrdd Iechyd Prifysgol — Ŵyr <notices@a-rather-long-name.localpound.example>")
TOKEN = PATHS.token("0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10")
MESSAGE = Message(
    "Serve notice by 30 September 2026: Cymorth i deuluoedd â phlant — Tŷ Hafan, " + "gofal " * 40,
    "A line that goes on" + " and on" * 200 + ".\n.\nFrom here — " + "x" * 2000 + "\n",
    "<p>" + "wide " * 500 + "</p>\n",
)


def composed(message: Message = MESSAGE, address: str = "a@b.example", **more: str) -> bytes:
    return compose(SENDER, address, TOKEN, message, NOW, **more)


def test_lines_are_short_and_nothing_of_the_words_is_lost() -> None:
    raw = composed()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 131  # the Message-ID, which is not folded
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"] == MESSAGE.subject.strip()
    assert mail["From"].addresses[0].display_name == SENDER.mail_from.display_name
    assert mail["Message-ID"] == f"<{TOKEN}@a-rather-long-name.localpound.example>"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == MESSAGE.text.splitlines()


def test_the_same_message_sent_again_is_the_same_mail() -> None:
    assert composed() == composed()


def test_a_title_can_not_add_headers() -> None:
    subject = "Care\r\nBcc: everyone@else.example\r\n\r\n<p>\x00\u2028Buy"
    mail = email.message_from_bytes(
        composed(replace(MESSAGE, subject=subject)), policy=policy.default
    )
    assert mail["Subject"] == "Care Bcc: everyone@else.example <p> Buy"
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "é@b.example"],
)
def test_an_address_that_is_no_mailbox_is_refused(address: str) -> None:
    with pytest.raises(Rejected, match="not a mailbox"):
        composed(address=address)


def test_one_click_unsubscribes_from_a_digest_and_from_nothing_else() -> None:
    link = "https://notify.example/v1/subscriptions/1/unsubscribe?token=" + "abc." * 80
    raw = composed(unsubscribe=link)
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert b"Unsubscribe" not in composed()
