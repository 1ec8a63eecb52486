"""What a delivery status notification says."""

from email.headerregistry import HeaderRegistry

import pytest

from services.notify.bounces.bounce import read_bounce
from shared.errors import Rejected
from tests.notify.dsn import bounce
from tests.notify.mailbox import PATHS

ID = "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10"
TOKEN = PATHS.token(ID)
ANOTHER = "Final-Recipient: rfc822; other@provider.example\r\nAction: {}\r\nStatus: {}\r\n\r\n"


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", "gone"),
        ("Failed", "5.0.0", "gone"),
        ("failed", "5.4.4", "gone"),
        ("failed", "5.2.2", "failed"),  # full
        ("failed", "5.7.1", "failed"),  # not wanted from us
        ("failed", "4.4.7", "retry"),  # given up after days
        ("delayed", "4.4.1", "waiting"),
        ("delivered", "2.0.0", "delivered"),
        ("relayed", "2.1.5", "delivered"),
    ],
)
def test_the_action_and_the_class_of_the_status_say_what_follows(
    action: str, status: str, kind: str
) -> None:
    read = read_bounce(bounce(TOKEN, action, status))
    assert (read.outcome.kind, read.status) == (kind, status)
    assert "smtp; 550 5.1.1 (the address): no such mailbox" in read.outcome.detail
    assert "Remote-MTA: dns; mail.provider.example" in read.outcome.response


def test_a_status_that_is_missing_is_read_from_the_answer() -> None:
    assert read_bounce(bounce(TOKEN, status="")).status == "5.1.1"
    nothing = read_bounce(bounce(TOKEN, status="", diagnostic="unknown user"))
    assert (nothing.outcome.kind, nothing.status) == ("gone", "")


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [("delivered", "2.0.0", "delivered"), ("delayed", "4.4.1", "waiting")],
)
def test_one_member_of_a_list_that_fails_is_not_the_list(
    action: str, status: str, kind: str
) -> None:
    read = read_bounce(bounce(TOKEN, more=ANOTHER.format(action, status)))
    assert read.outcome.kind == kind


@pytest.mark.parametrize(
    ("raw", "recipient"),
    [
        (bounce(TOKEN, returned=""), ""),
        (bounce(TOKEN, to="bounces@localpound.example"), ""),  # by the Message-ID that came back
        (bounce(TOKEN, to="x@y.example", returned="", envelope_id=TOKEN), ""),  # RFC 3461
        (bounce(TOKEN, to="x@y.example", returned=""), PATHS.to(ID)),  # as the mail server has it
        (
            bounce(TOKEN, to="x@y.example").replace(b"text/rfc822-headers", b"message/rfc822"),
            "",
        ),
    ],
)
def test_a_message_is_found_by_its_signed_name(raw: bytes, recipient: str) -> None:
    assert PATHS.find(read_bounce(raw, recipient).named) == ID


def test_the_same_bounce_is_the_same_by_whichever_way_it_came() -> None:
    piped, kept = bounce(TOKEN), b"Received: by mx\n" + bounce(TOKEN).replace(b"\r\n", b"\n")
    assert read_bounce(piped).digest == read_bounce(kept).digest
    assert read_bounce(bounce(TOKEN, status="5.2.2")).digest != read_bounce(piped).digest


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: office@provider.example\r\nSubject: Out of office\r\n\r\nBack on Monday\r\n",
        bounce(TOKEN).replace(b"message/delivery-status", b"text/plain"),
        bounce(TOKEN).replace(b"Action: failed", b"Action:"),
        bounce(TOKEN, action="exploded"),
        b"Content-Type: multipart/report; boundary=a\r\n\r\n" + b"--a\r\n" * 3000,
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 3000,
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        b"Content-Type: " + b"(" * 20_000 + b"\r\n" + bounce(TOKEN),
    ],
)
def test_what_is_no_delivery_status_notification_is_refused(raw: bytes) -> None:
    with pytest.raises(Rejected):
        read_bounce(raw)


@pytest.mark.parametrize(
    "header",
    [
        b"X: " + b"a " * 200_000,
        b"To: " + b"=?utf-8?q?a?= " * 20_000,
        b'To: "' + b"a@b," * 40_000 + b'"',
        b"To: " + b"(" * 20_000,
    ],
)
def test_a_long_header_is_neither_taken_apart_nor_a_reason_to_refuse(
    monkeypatch: pytest.MonkeyPatch, header: bytes
) -> None:
    def never(*_: object) -> None:
        pytest.fail("the parser of structured headers takes the square of their length")

    monkeypatch.setattr(HeaderRegistry, "__call__", never)
    read = read_bounce(header + b"\r\n" + bounce(TOKEN))
    assert PATHS.find(read.named) == ID
    assert len(read.named) < 3000


def test_what_is_kept_of_a_long_field_is_cut_before_it_is_searched() -> None:
    read = read_bounce(bounce(TOKEN, diagnostic="smtp; 550 " + "a" * 400_000))
    assert (read.outcome.kind, read.status) == ("gone", "5.1.1")
    assert len(read.outcome.response) < 3000
