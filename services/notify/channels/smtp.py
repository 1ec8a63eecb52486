"""Sessions with an SMTP relay: made over TLS, and kept for a while."""

import asyncio
import contextlib
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiosmtplib
from pydantic import SecretStr

from shared.errors import Misconfigured

Tls = Literal["starttls", "implicit", "none"]
PORTS: dict[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}

_GOODBYE_SECONDS = 1.0
_KEPT_SECONDS = 30.0
_MOST_MAILS = 100  # of one session: relays end long ones, and a fresh one may reach a better host


@dataclass(frozen=True, slots=True)
class SmtpRelay:
    """Where mail is handed in. `ca_file` is what signs its certificate, else the machine's own."""

    host: str
    port: int
    tls: Tls = "starttls"
    ca_file: Path | None = None
    username: str | None = None
    password: SecretStr | None = None


class Session:
    """One session with a relay, over which mails go one after another."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self._mails = 0
        self._used = time.monotonic()

    def used(self) -> None:
        """A mail went over it."""
        self._mails += 1
        self._used = time.monotonic()

    async def is_alive(self) -> bool:
        """Whether the relay still answers on it; a relay may end a session that idles."""
        spent = self._mails >= _MOST_MAILS or time.monotonic() - self._used > _KEPT_SECONDS
        if spent or not self.client.is_connected:
            return False
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self.client.noop()
            return True
        return False

    async def end(self) -> None:
        """Say goodbye, briefly: what was handed in is handed in, whatever comes after."""
        if self.client.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await self.client.quit()
        self.client.close()


class Sessions:
    """Idle sessions with one relay, the last used first."""

    def __init__(self, relay: SmtpRelay, own_name: str, *, seconds: float) -> None:
        self._relay = relay
        self._own_name = own_name
        self._seconds = seconds
        self._context = _context(relay)
        self._idle: list[Session] = []

    async def take(self) -> Session:
        """A session on which the relay answers: one that is kept, else a new one."""
        while self._idle:
            kept = self._idle.pop()
            if await kept.is_alive():
                return kept
            await kept.end()
        client = self._client()
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return Session(client)

    def give_back(self, session: Session) -> None:
        """Keep a session for the next mail."""
        self._idle.append(session)

    async def close(self) -> None:
        """End those that are idle."""
        while self._idle:
            await self._idle.pop().end()

    def _client(self) -> aiosmtplib.SMTP:
        relay = self._relay
        return aiosmtplib.SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password.get_secret_value() if relay.password else None,
            use_tls=relay.tls == "implicit",
            start_tls=relay.tls == "starttls",
            tls_context=self._context,
            local_hostname=self._own_name,
            timeout=self._seconds,
        )


def _context(relay: SmtpRelay) -> ssl.SSLContext | None:
    """What a relay's certificate is checked by, its name included."""
    if relay.tls == "none":
        return None
    try:
        return ssl.create_default_context(cafile=relay.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"LOCALPOUND_NOTIFY_SMTP_CA_FILE {relay.ca_file}: {error}") from error
