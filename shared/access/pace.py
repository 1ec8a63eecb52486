"""How often a token may call: a rate, and a burst above it.

The generic cell rate algorithm (ITU-T I.371, annex A), which is a token bucket that keeps one
number of each caller: when its bucket will be full again. It is counted in each process alone.
"""

from collections.abc import Hashable

_MOST_REMEMBERED = 10_000


class Pace:
    """So many requests a second, so many at once; none are counted where the rate is 0."""

    def __init__(self, per_second: float = 0.0, burst: int = 1) -> None:
        self._each = 1 / per_second if per_second > 0 else 0.0
        self._slack = (burst - 1) * self._each
        self._full_at: dict[Hashable, float] = {}

    def wait(self, who: Hashable, now: float) -> float:
        """Count a request: 0, or the seconds after which `who` may ask again."""
        if self._each == 0:
            return 0.0
        full_at = max(self._full_at.get(who, now), now)
        ahead = full_at - now - self._slack
        if ahead > 0:
            return ahead
        if len(self._full_at) >= _MOST_REMEMBERED:
            self._forget(now)
        self._full_at[who] = full_at + self._each
        return 0.0

    def _forget(self, now: float) -> None:
        """Forget full buckets, and all where there is none: whoever calls is then counted anew."""
        kept = {who: at for who, at in self._full_at.items() if at > now}
        self._full_at = kept if len(kept) < _MOST_REMEMBERED else {}
