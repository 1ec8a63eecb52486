"""A mail server that answers as told."""

import email
from email import policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notify.channels.email import EmailChannel
from services.notify.channels.mail import Sender
from services.notify.channels.return_path import ReturnPaths
from services.notify.channels.smtp import SmtpRelay

FROM = "Local Pound <notices@localpound.example>"

PATHS = ReturnPaths("bounces@localpound.example", "a key of the tests, 32 bytes or more")


def email_channel(
    relay: SmtpRelay, sender: str = FROM, *, seconds: float = 2, **more: str
) -> EmailChannel:
    return EmailChannel(relay, Sender.of(sender, **more), PATHS, total_seconds=seconds)


class Mailbox:
    """Keeps what it takes."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.sessions: set[Session] = set()
        self.rcpt = "250 OK"
        self.mail = "250 OK"
        self.data = "250 queued as 42"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's own names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.envelopes.append(envelope)
        self.sessions.add(session)
        self.received.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return self.data
