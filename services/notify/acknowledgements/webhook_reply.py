"""What a receiver of webhooks says of having read a message: in its answer, or by a request.

Requests are signed as our own webhooks are, by the same secret:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from standardwebhooks import Webhook

from services.notify.channels.outcome import KEPT_BYTES
from shared.access import Refused
from shared.envelope import explain
from shared.errors import Rejected
from shared.fields import Line

SIGNATURE = "webhook-signature"
_TOLERANCE = timedelta(minutes=5)
_UNAUTHORISED = 401
_MOST_DIGITS = 11
_MOST_SIGNATURES = 8


class Reply(BaseModel):
    """`{"acknowledged": true, "by": "..."}`: who read it, in the receiver's own words."""

    model_config = ConfigDict(frozen=True, strict=True)

    acknowledged: Literal[True]
    by: Line | None = None


def read_answer(response: str) -> Reply | None:
    """What the answer to a webhook says; None where it acknowledges nothing.

    `response` is the beginning of the answer that is kept: a longer one is not taken for a reply.
    """
    if '"acknowledged"' not in response:
        return None
    try:
        return Reply.model_validate_json(response)
    except ValidationError:
        return None


def read_request(body: bytes) -> Reply:
    """What a signed request says; raises Rejected with the field at fault."""
    try:
        return Reply.model_validate_json(body)
    except ValidationError as error:
        raise explain(error) from error


def check_signature(
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    notification_id: str,
    now: datetime,
) -> None:
    """Raise Refused unless one of the secrets signed this, for this notification, 5 minutes ago.

    The signature is of `id.timestamp.body`: the id must be the notification's, or what was signed
    for one could be sent for another.
    """
    if headers.get("webhook-id") != notification_id:
        raise Refused(_UNAUTHORISED, "the header webhook-id must be the id of the notification")
    stamp = headers.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _MOST_DIGITS):
        raise Refused(_UNAUTHORISED, "the header webhook-timestamp must be seconds since 1970")
    signed = datetime.fromtimestamp(int(stamp), UTC)
    if abs(signed - now) > _TOLERANCE:
        raise Refused(_UNAUTHORISED, "webhook-timestamp is more than five minutes from now")
    given = headers.get(SIGNATURE, "").encode().split(b" ")[:_MOST_SIGNATURES]
    try:
        text = body.decode() if len(body) <= KEPT_BYTES else None
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise Rejected(f"the body must be JSON in UTF-8 of {KEPT_BYTES} bytes at most", "body")
    for secret in secrets:
        expected = Webhook(secret).sign(notification_id, signed, text).encode()
        if any(hmac.compare_digest(expected, one) for one in given):
            return
    raise Refused(_UNAUTHORISED, "webhook-signature is not of this webhook's secret")
