"""Email on real SMTP servers: TLS, sessions, and whose fault a refusal is."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from services.notify.channels.mail import Sender
from services.notify.channels.smtp import SmtpRelay
from services.notify.wording.message import Message
from shared.errors import Misconfigured, Retryable
from tests.notify.facts import NOW
from tests.notify.mailbox import FROM, PATHS, Mailbox, email_channel

MESSAGE = Message("Serve notice by 30 September 2026", "Plain — words\n", "<p>Plain — words</p>\n")
ID = "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10"
TO = "office@provider.example"


async def test_a_message_arrives_as_text_and_html(relay: SmtpRelay, mailbox: Mailbox) -> None:
    channel = email_channel(relay, reply_to="contracts@buyer.example")
    outcome = await channel.send(TO, ID, MESSAGE, NOW)
    await channel.close()
    assert (outcome.kind, outcome.status) == ("delivered", 250)
    assert "queued as 42" in outcome.response
    [mail], [envelope] = mailbox.received, mailbox.envelopes
    assert envelope.mail_from == f"bounces+{PATHS.token(ID)}@localpound.example"
    assert envelope.rcpt_tos == [TO]
    assert mail["Message-ID"] == f"<{PATHS.token(ID)}@localpound.example>"
    assert (mail["To"], mail["From"]) == (TO, FROM)
    assert mail["Reply-To"] == "contracts@buyer.example"
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == MESSAGE.text.splitlines()
    assert html.get_content().splitlines() == MESSAGE.html.splitlines()


@pytest.mark.parametrize(
    ("stage", "answer", "kind"),
    [
        ("rcpt", "550 no such mailbox", "failed"),
        ("rcpt", "550 5.1.1 no such mailbox", "gone"),
        ("rcpt", "550 5.7.1 not from there", "failed"),
        ("rcpt", "450 mailbox busy", "retry"),
        ("data", "554 not wanted", "failed"),
        ("data", "451 try later", "retry"),
    ],
)
async def test_5xx_is_for_good_and_4xx_for_another_time(
    relay: SmtpRelay, mailbox: Mailbox, stage: str, answer: str, kind: str
) -> None:
    setattr(mailbox, stage, answer)
    channel = email_channel(relay)
    outcome = await channel.send(TO, ID, MESSAGE, NOW)
    assert (outcome.kind, outcome.status) == (kind, int(answer[:3]))
    assert answer[4:] in outcome.response
    setattr(mailbox, stage, "250 OK")
    assert (await channel.send(TO, ID, MESSAGE, NOW)).kind == "delivered", "on the same session"
    await channel.close()


async def test_mails_share_a_session_and_outlive_its_end(
    relay: SmtpRelay, mailbox: Mailbox
) -> None:
    channel = email_channel(relay)
    for _ in range(3):
        await channel.send(TO, ID, MESSAGE, NOW)
    assert len(mailbox.sessions) == 1
    channel._sessions._idle[0].client.transport.abort()  # type: ignore[union-attr]
    assert (await channel.send(TO, ID, MESSAGE, NOW)).kind == "delivered"
    assert len(mailbox.sessions) == 2
    await channel.close()


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("mail", "553 sender not allowed"),
        ("mail", "451 too many of you"),
        ("rcpt", "530 5.7.0 authentication required"),
        ("rcpt", "421 closing"),
    ],
)
async def test_a_refusal_of_us_is_ours_to_mend(
    relay: SmtpRelay, mailbox: Mailbox, stage: str, answer: str
) -> None:
    setattr(mailbox, stage, answer)
    with pytest.raises(Retryable, match=answer[4:]):
        await email_channel(relay).send(TO, ID, MESSAGE, NOW)


async def test_a_relay_that_is_away_is_tried_again(relay: SmtpRelay) -> None:
    with pytest.raises(Retryable, match="SMTP relay"):
        await email_channel(replace(relay, port=1)).send(TO, ID, MESSAGE, NOW)


async def test_without_tls_nothing_is_handed_in_where_tls_is_asked_for(
    relay: SmtpRelay, mailbox: Mailbox
) -> None:
    with pytest.raises(Retryable, match="STARTTLS"):
        await email_channel(replace(relay, tls="starttls")).send(TO, ID, MESSAGE, NOW)
    assert mailbox.received == []


async def test_an_address_that_would_add_headers_is_refused(
    relay: SmtpRelay, mailbox: Mailbox
) -> None:
    outcome = await email_channel(relay).send("a@b.example\nBcc: c@d.example", ID, MESSAGE, NOW)
    assert outcome.kind == "failed"
    assert "not a mailbox" in outcome.detail
    assert mailbox.received == []


def _known(
    _server: SMTP, _session: Session, _envelope: Envelope, _how: str, who: object
) -> AuthResult:
    known = LoginPassword(b"notify", "pässword".encode())
    return AuthResult(success=who == known, handled=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(params=["starttls", "implicit"])
async def secured(
    request: pytest.FixtureRequest, authority: trustme.CA, mailbox: Mailbox, tmp_path: Path
) -> AsyncIterator[SmtpRelay]:
    """A relay with a certificate for `localhost`, which asks for a login."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    within = context if request.param == "starttls" else None
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            mailbox,
            tls_context=within,
            require_starttls=within is not None,
            authenticator=_known,
            auth_required=True,
            auth_require_tls=within is not None,
        ),
        "127.0.0.1",
        0,
        ssl=None if within else context,
    )
    port = server.sockets[0].getsockname()[1]
    login = ("notify", SecretStr("pässword"))
    yield SmtpRelay("localhost", port, request.param, tmp_path / "ca.pem", *login)
    server.close()


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # it is within TLS from the first byte
async def test_mail_goes_by_tls_with_a_certificate_that_is_checked(
    secured: SmtpRelay, mailbox: Mailbox
) -> None:
    channel = email_channel(secured)
    assert (await channel.send(TO, ID, MESSAGE, NOW)).kind == "delivered"
    await channel.close()
    for other in (replace(secured, ca_file=None), replace(secured, host="127.0.0.1")):
        with pytest.raises(Retryable, match=r"[Cc]ertificate|CERTIFICATE"):
            await email_channel(other).send(TO, ID, MESSAGE, NOW)
    wrong = replace(secured, password=SecretStr("another"))
    with pytest.raises(Retryable, match=r"Authentication|535"):
        await email_channel(wrong).send(TO, ID, MESSAGE, NOW)
    assert len(mailbox.received) == 1


def test_a_certificate_file_that_is_none_is_named(tmp_path: Path) -> None:
    relay = SmtpRelay("localhost", 25, "starttls", tmp_path / "ca.pem")
    with pytest.raises(Misconfigured, match=r"SMTP_CA_FILE .*ca\.pem"):
        email_channel(relay)


@pytest.mark.parametrize(
    "address", ["", "Local Pound", "a@", "@b.example", "a@b.example\nBcc: c@d"]
)
def test_a_sender_that_is_no_address_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(Misconfigured, match="not an address"):
        Sender.of(address)
