"""Email by SMTP: plain text with an HTML alternative, one stable Message-ID for each message."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib
from pydantic import SecretStr

from services.notify.channels.outcome import Outcome, kept
from services.notify.message import Message
from shared.errors import Retryable

_PERMANENT = 500
_GOODBYE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class SmtpRelay:
    """Where mail is handed in, and in whose name."""

    host: str
    port: int
    username: str | None
    password: SecretStr | None
    starttls: bool
    mail_from: str


class EmailChannel:
    """Hands messages to one SMTP relay."""

    def __init__(self, relay: SmtpRelay, *, total_seconds: float) -> None:
        self._relay = relay
        self._total_seconds = total_seconds

    async def send(
        self, address: str, message_id: str, message: Message, written: datetime
    ) -> Outcome:
        """Hand in one message; `written` is its Date.

        Raises Retryable where the relay is away or refuses us rather than the recipient: that is
        ours to mend, and no failure of the recipient's.
        """
        mail = compose(self._relay.mail_from, address, message_id, message, written)
        client = self._client()
        try:
            async with asyncio.timeout(self._total_seconds):
                await client.connect()
                _, answer = await client.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            return _answered(refused.code, refused.message)
        except aiosmtplib.SMTPDataError as error:
            return _answered(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Retryable(f"the SMTP relay: {str(error) or type(error).__name__}") from error
        finally:
            await _part(client)
        return Outcome("delivered", 250, "", kept(answer.encode()))

    def _client(self) -> aiosmtplib.SMTP:
        relay = self._relay
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password.get_secret_value() if relay.password else None,
            start_tls=relay.starttls,
            local_hostname=domain_of(relay.mail_from),
            timeout=self._total_seconds,
        )


async def _part(client: aiosmtplib.SMTP) -> None:
    """Say goodbye, briefly: what was handed in is handed in, whatever comes after."""
    if client.is_connected:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await client.quit()
    client.close()


def _answered(code: int, answer: str) -> Outcome:
    detail = f"the mail server answered {code}"
    return Outcome("failed" if code >= _PERMANENT else "retry", code, detail, kept(answer.encode()))


def compose(
    mail_from: str, address: str, message_id: str, message: Message, written: datetime
) -> EmailMessage:
    """The mail; sent again it has the same Message-ID and Date, so that it is seen as the same."""
    mail = EmailMessage()
    mail["From"] = mail_from
    mail["To"] = address
    mail["Subject"] = message.subject
    mail["Message-ID"] = f"<{message_id}@{domain_of(mail_from)}>"
    mail["Date"] = format_datetime(written)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


def domain_of(mail_from: str) -> str:
    """The domain of an address, which may stand in `Name <local@domain>`."""
    return mail_from.rsplit("@", 1)[-1].rstrip("> ") or "localhost"
