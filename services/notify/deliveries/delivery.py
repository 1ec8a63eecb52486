"""What follows from an attempt to deliver: done, another attempt at a time, or given up."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.notify.channels.outcome import Outcome

_JITTER = 0.1
_LONGEST_ASKED = timedelta(days=1)
_FIRST_ASKED_AFTER = timedelta(seconds=5)
_LONGEST_UNASKED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a notification after an attempt, and when the next one is due if it waits."""

    state: Literal["delivered", "sent", "pending", "failed"]
    next_attempt_at: datetime


def judge_attempt(
    notification_id: str, tries: int, outcome: Outcome, schedule: Sequence[float], now: datetime
) -> Verdict:
    """What an outcome leads to after `tries` of them, this one included.

    `schedule[n]` are the seconds between the nth try and the next.
    """
    if outcome.kind == "delivered":
        return Verdict("delivered", now)
    if outcome.kind == "sent":
        return Verdict("sent", ask_at(now, now))
    if outcome.kind != "retry" or tries >= len(schedule):
        return Verdict("failed", now)
    pause = timedelta(seconds=schedule[tries] * spread(notification_id, tries))
    asked = min(outcome.retry_after or timedelta(), _LONGEST_ASKED)
    return Verdict("pending", now + max(pause, asked))


def ask_at(sent_at: datetime, now: datetime) -> datetime:
    """When to ask what became of a message that was sent: at first soon, then ever more rarely."""
    return now + min(max((now - sent_at) / 2, _FIRST_ASKED_AFTER), _LONGEST_UNASKED)


def spread(notification_id: str, tries: int) -> float:
    """A factor of 0.9 to 1.1 that is a message's own, so that many do not come back at once."""
    digest = hashlib.sha256(f"{notification_id}/{tries}".encode()).digest()
    return 1 - _JITTER + 2 * _JITTER * int.from_bytes(digest[:4], "big") / 2**32
