"""What an attempt to deliver came to, or what was heard of it later."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Kind = Literal["delivered", "sent", "waiting", "retry", "failed", "gone"]
KEPT_BYTES = 2048
_MAILBOX = re.compile(r"<?[^\s<>;:,\"]+@[^\s<>;:,\"]+>?")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Delivered; to be tried again; failed for good; or gone: nothing arrives there any more.

    Where somebody between us and the recipient says later what became of it: sent, as
    `provider_id`; or waiting, which says nothing new. `status` is the HTTP or SMTP code,
    `response` the first 2 KB of the answer, `retry_after` what the recipient asked for.
    """

    kind: Kind
    status: int | None = None
    detail: str = ""
    response: str = ""
    retry_after: timedelta | None = None
    provider_id: str | None = None


def kept(answer: bytes) -> str:
    """The part of an answer that is kept, as text that PostgreSQL takes."""
    return answer[:KEPT_BYTES].decode(errors="replace").replace("\x00", "\ufffd")


def without_mailboxes(text: str) -> str:
    """What was said of a message, without the mailboxes in it: one may be a person's."""
    return _MAILBOX.sub("(the address)", text)
