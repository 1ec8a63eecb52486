"""Email on a real SMTP server: two forms of one message, and whose fault a refusal is."""

import pytest
from pydantic import SecretStr

from services.notify.channels.email import EmailChannel, SmtpRelay, compose, domain_of
from services.notify.message import Message
from shared.errors import Retryable
from tests.notify.facts import NOW
from tests.notify.mailbox import FROM, Mailbox

MESSAGE = Message("Serve notice by 30 September 2026", "Plain — words\n", "<p>Plain — words</p>\n")


def channel(relay: SmtpRelay) -> EmailChannel:
    return EmailChannel(relay, total_seconds=2)


async def test_a_message_arrives_as_text_and_html(relay: SmtpRelay, mailbox: Mailbox) -> None:
    outcome = await channel(relay).send("office@provider.example", "n-1", MESSAGE, NOW)
    assert (outcome.kind, outcome.status) == ("delivered", 250)
    assert "queued as 42" in outcome.response
    [mail] = mailbox.received
    assert mail["Message-ID"] == "<n-1@localpound.example>"
    assert mail["To"] == "office@provider.example"
    assert mail["From"] == FROM
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == MESSAGE.text.splitlines()
    assert html.get_content().splitlines() == MESSAGE.html.splitlines()


def test_the_same_message_sent_again_is_the_same_mail() -> None:
    first, second = (compose(FROM, "a@b.example", "n-1", MESSAGE, NOW) for _ in range(2))
    assert [first[name] for name in ("Message-ID", "Date")] == [
        second[name] for name in ("Message-ID", "Date")
    ]


@pytest.mark.parametrize(
    ("stage", "answer", "kind"),
    [
        ("rcpt", "550 no such mailbox", "failed"),
        ("rcpt", "450 mailbox busy", "retry"),
        ("data", "554 not wanted", "failed"),
        ("data", "451 try later", "retry"),
    ],
)
async def test_5xx_is_for_good_and_4xx_for_another_time(
    relay: SmtpRelay, mailbox: Mailbox, stage: str, answer: str, kind: str
) -> None:
    setattr(mailbox, stage, answer)
    outcome = await channel(relay).send("office@provider.example", "n-1", MESSAGE, NOW)
    assert (outcome.kind, outcome.status) == (kind, int(answer[:3]))
    assert answer[4:] in outcome.response


@pytest.mark.parametrize("answer", ["553 sender not allowed", "451 too many of you"])
async def test_a_refusal_of_us_is_ours_to_mend(
    relay: SmtpRelay, mailbox: Mailbox, answer: str
) -> None:
    mailbox.mail = answer
    with pytest.raises(Retryable, match=answer[4:]):
        await channel(relay).send("office@provider.example", "n-1", MESSAGE, NOW)


async def test_a_relay_without_login_or_tls_is_ours_to_mend(relay: SmtpRelay) -> None:
    named = SmtpRelay("127.0.0.1", relay.port, "u", SecretStr("p"), starttls=False, mail_from=FROM)
    secured = SmtpRelay("127.0.0.1", relay.port, None, None, starttls=True, mail_from=FROM)
    for one in (named, secured):
        with pytest.raises(Retryable, match="SMTP relay"):
            await channel(one).send("office@provider.example", "n-1", MESSAGE, NOW)


async def test_a_relay_that_is_away_is_tried_again(relay: SmtpRelay) -> None:
    away = SmtpRelay("127.0.0.1", 1, None, None, starttls=False, mail_from=FROM)
    with pytest.raises(Retryable, match="SMTP relay"):
        await channel(away).send("a@b.example", "n-1", MESSAGE, NOW)


@pytest.mark.parametrize(
    ("address", "domain"),
    [(FROM, "localpound.example"), ("a@b.example", "b.example"), ("", "localhost")],
)
def test_the_domain_of_a_sender(address: str, domain: str) -> None:
    assert domain_of(address) == domain
