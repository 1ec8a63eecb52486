"""Webhooks: Standard Webhooks headers over a CloudEvent in structured JSON.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import orjson
from standardwebhooks import Webhook

from services.notify.channels.connections import Connections
from services.notify.channels.outcome import KEPT_BYTES, Outcome, kept
from services.notify.telling.fact import SOURCE, FactToTell
from services.notify.wording.message import Message
from shared.errors import Rejected

_GONE = 410
_ANSWER_SECONDS = 2.0
_MOST_DIGITS = 10
_USER_AGENT = "Local-Pound-Webhooks/1"


class WebhookChannel:
    """Posts signed messages; redirects are not followed."""

    def __init__(
        self,
        *,
        allow_private: bool,
        connect_seconds: float,
        total_seconds: float,
        connections: int,
    ) -> None:
        self._connect_seconds = connect_seconds
        self._total_seconds = total_seconds
        self._connections = Connections(allow_private=allow_private, most=connections)

    async def send(
        self, address: str, secrets: tuple[str, ...], message_id: str, body: bytes, now: datetime
    ) -> Outcome:
        """Post a body under its message's id; `now` is what the signature says of its time.

        Each of the `secrets` signs it: while one takes the place of another, there are two.
        """
        try:
            async with asyncio.timeout(self._total_seconds):
                return await self._post(
                    address, _headers(secrets, message_id, body, now), body, now
                )
        except Rejected as error:
            return Outcome("retry", detail=error.reason)
        except TimeoutError:
            return Outcome("retry", detail=f"no answer within {self._total_seconds:g} s")
        except (httpcore.TimeoutException, httpcore.NetworkError) as error:
            return Outcome("retry", detail=_of(error))
        except httpcore.RemoteProtocolError as error:
            return Outcome("retry", detail=f"the answer was not HTTP: {_of(error)}")

    async def _post(
        self, address: str, headers: list[tuple[str, str]], body: bytes, now: datetime
    ) -> Outcome:
        url = httpcore.URL(address)
        kept = await self._connections.reuse(url.origin)
        if kept is not None:
            # A receiver may close a kept connection at any moment; that is no failure.
            with contextlib.suppress(httpcore.NetworkError, httpcore.RemoteProtocolError):
                return await self._exchange(kept, url, headers, body, now)
        fresh = self._connections.open(url.origin)
        return await self._exchange(fresh, url, headers, body, now)

    async def _exchange(
        self,
        connection: httpcore.AsyncHTTPConnection,
        url: httpcore.URL,
        headers: list[tuple[str, str]],
        body: bytes,
        now: datetime,
    ) -> Outcome:
        timeouts = {
            "connect": self._connect_seconds,
            "read": self._total_seconds,
            "write": self._total_seconds,
        }
        try:
            async with connection.stream(
                "POST", url, headers=headers, content=body, extensions={"timeout": timeouts}
            ) as response:
                answer = await _beginning(response)
        except BaseException:
            await connection.aclose()
            raise
        await self._connections.give_back(url.origin, connection)
        return judge(response.status, dict(response.headers), answer, now)

    async def close(self) -> None:
        """Close the connections."""
        await self._connections.close()


async def _beginning(response: httpcore.Response) -> bytes:
    """The first 2 KB of an answer; its status stands, even where the rest never comes."""
    answer = b""
    with contextlib.suppress(
        TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.RemoteProtocolError
    ):
        async with asyncio.timeout(_ANSWER_SECONDS):
            async for part in response.aiter_stream():
                answer += part
                if len(answer) >= KEPT_BYTES:
                    break
    return answer


def compose(fact: FactToTell, notification_id: str, message: Message, link: str) -> bytes:
    """The fact as a structured CloudEvent; what people read of it stands in extensions."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": fact.event_id,
            "source": SOURCE,
            "type": fact.event_type,
            "subject": fact.subject,
            "time": fact.recorded_at.isoformat(),
            "datacontenttype": "application/json",
            "notificationid": notification_id,
            "message": message.text,
            "acknowledgeurl": link,
            "data": orjson.Fragment(fact.data),
        }
    )


def _headers(
    secrets: tuple[str, ...], message_id: str, body: bytes, now: datetime
) -> list[tuple[str, str]]:
    return [
        ("content-type", "application/cloudevents+json; charset=utf-8"),
        ("content-length", str(len(body))),
        ("user-agent", _USER_AGENT),
        ("webhook-id", message_id),
        ("webhook-timestamp", str(int(now.timestamp()))),
        ("webhook-signature", " ".join(sign(each, message_id, now, body) for each in secrets)),
    ]


def sign(secret: str, message_id: str, now: datetime, body: bytes) -> str:
    """The signature of `id.timestamp.body`."""
    return Webhook(secret).sign(message_id, now.astimezone(UTC), body.decode())


def judge(status: int, headers: dict[bytes, bytes], answer: bytes, now: datetime) -> Outcome:
    """What an answer means: 2xx delivered, 410 gone, 3xx failed, anything else another time."""
    response = kept(answer)
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own numbers
        return Outcome("delivered", status, "", response)
    if status == _GONE:
        return Outcome("gone", status, "the receiver is gone (410)", response)
    if 300 <= status < 400:  # noqa: PLR2004
        detail = f"the address redirects ({status}); redirects are not followed"
        return Outcome("failed", status, detail, response)
    after = next((value for name, value in headers.items() if name.lower() == b"retry-after"), b"")
    detail = f"the receiver answered {status}"
    return Outcome("retry", status, detail, response, retry_after(after.decode("latin-1"), now))


def retry_after(text: str, now: datetime) -> timedelta | None:
    """How long a receiver asks to be left alone (RFC 9110, 10.2.3): seconds or an HTTP date."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:_MOST_DIGITS]), 10**9))
    try:
        until = parsedate_to_datetime(text)
        return max(timedelta(), until.astimezone(UTC) - now) if until.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _of(error: Exception) -> str:
    return str(error) or type(error).__name__
