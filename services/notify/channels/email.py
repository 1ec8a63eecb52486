"""Email by SMTP: whose fault a refusal is, and under which name bounces come back."""

import asyncio
import re
from datetime import datetime

import aiosmtplib

from services.notify.channels.mail import Sender, compose
from services.notify.channels.outcome import Kind, Outcome, kept
from services.notify.channels.return_path import ReturnPaths
from services.notify.channels.smtp import Sessions, SmtpRelay
from services.notify.wording.message import Message
from shared.errors import Rejected, Retryable

_PERMANENT = 500
# RFC 3463, of a mailbox that is not there: a bare 550 may be said of us.
_NO_MAILBOX = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1)\b")
# Service closing; authentication or encryption needed first (RFC 5321, RFC 4954): said to us.
_OURS = frozenset({421, 454, 530, 534, 535, 538})


class EmailChannel:
    """Hands messages to one SMTP relay."""

    def __init__(
        self,
        relay: SmtpRelay,
        sender: Sender,
        return_paths: ReturnPaths,
        *,
        total_seconds: float,
    ) -> None:
        self._sender = sender
        self._return_paths = return_paths
        self._total_seconds = total_seconds
        self._sessions = Sessions(relay, sender.mail_from.domain, seconds=total_seconds)

    async def send(
        self,
        address: str,
        message_id: str,
        message: Message,
        written: datetime,
        unsubscribe: str | None = None,
    ) -> Outcome:
        """Hand in one message; `written` is its Date, `message_id` a UUID.

        Raises Retryable where the relay is away or refuses us rather than the recipient: that is
        ours to mend, and no failure of the recipient's.
        """
        token = self._return_paths.token(message_id)
        try:
            mail = compose(self._sender, address, token, message, written, unsubscribe)
        except Rejected as error:
            return Outcome("failed", detail=error.reason)
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._hand_in(message_id, address, mail)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Retryable(f"the SMTP relay: {str(error) or type(error).__name__}") from error

    async def _hand_in(self, message_id: str, address: str, mail: bytes) -> Outcome:
        session = await self._sessions.take()
        try:
            outcome = await self._exchange(session.client, message_id, address, mail)
        except BaseException:
            await session.end()
            raise
        session.used()
        self._sessions.give_back(session)
        return outcome

    async def _exchange(
        self, client: aiosmtplib.SMTP, message_id: str, address: str, mail: bytes
    ) -> Outcome:
        paths = self._return_paths
        about, wanted = [], []
        if client.supports_extension("dsn"):  # RFC 3461
            about = ["RET=HDRS", f"ENVID={paths.token(message_id)}"]
            wanted = ["NOTIFY=FAILURE,DELAY"]
        try:
            _, answer = await client.sendmail(
                paths.to(message_id), [address], mail, mail_options=about, rcpt_options=wanted
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            if refused.code >= _PERMANENT and (found := _NO_MAILBOX.match(refused.message)):
                detail = f"there is no such mailbox ({refused.code} {found.group()})"
                return Outcome("gone", refused.code, detail, kept(refused.message.encode()))
            return _answered(refused)
        except aiosmtplib.SMTPDataError as error:
            return _answered(error)
        return Outcome("delivered", 250, "", kept(answer.encode()))

    async def close(self) -> None:
        """End the sessions."""
        await self._sessions.close()


def _answered(error: aiosmtplib.SMTPResponseException) -> Outcome:
    if error.code in _OURS:
        raise error
    detail = f"the mail server answered {error.code}"
    kind: Kind = "failed" if error.code >= _PERMANENT else "retry"
    return Outcome(kind, error.code, detail, kept(error.message.encode()))
