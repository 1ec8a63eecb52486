"""For how long a subscription has been failing: by time, never by a count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FAILING_FOR = timedelta(days=5)
"""A subscription to which nothing arrived for so long is switched off."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Failures of a subscription since its last success; `since` is the first of them."""

    count: int = 0
    since: datetime | None = None
    last: datetime | None = None


def after_attempts(
    known: Streak, failed_tries: Sequence[int], now: datetime, *, arrived: bool
) -> Streak:
    """The streak once attempts came to an end at one time.

    `failed_tries`: of each that failed, how many tries its message had before. One that failed in
    March and once more in June, with nothing to send between, was not failing all spring: where
    nothing failed for five days and no message waited to be tried again, a streak starts anew.
    """
    if arrived:
        return Streak()
    if not failed_tries:
        return known
    rested = known.last is not None and now - known.last >= FAILING_FOR and not any(failed_tries)
    since = now if known.since is None or rested else known.since
    return Streak(known.count + len(failed_tries), since, now)


def is_over(streak: Streak, now: datetime) -> bool:
    """Whether it has failed for so long that it is switched off."""
    return streak.since is not None and now - streak.since >= FAILING_FOR
