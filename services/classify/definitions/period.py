"""Periods of days, both ends counted, None open; and what follows from several of them."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

_DAY = timedelta(days=1)


class Period(NamedTuple):
    """Days from `since` to `until` and the rules that make them count."""

    since: date | None
    until: date | None
    rules: tuple[str, ...]


def _start(period: Period) -> date:
    return period.since or date.min


def _end(period: Period) -> date:
    return period.until or date.max


def overlap(one: Period, other: Period) -> Period | None:
    """The days that both have, None where there is none."""
    since, until = max(_start(one), _start(other)), min(_end(one), _end(other))
    if since > until:
        return None
    return Period(
        None if since == date.min else since,
        None if until == date.max else until,
        tuple(dict.fromkeys(one.rules + other.rules)),
    )


def union(periods: Iterable[Period]) -> list[Period]:
    """The same days in periods that neither overlap nor touch."""
    periods = list(periods)
    if len(periods) < 2:  # noqa: PLR2004 - one period touches no other, and most bodies have one
        return periods
    joined: list[Period] = []
    for period in sorted(periods, key=lambda p: (_start(p), _end(p), p.rules)):
        last = joined[-1] if joined else None
        if last is None or (last.until is not None and _start(period) > last.until + _DAY):
            joined.append(period)
            continue
        until = None if None in {last.until, period.until} else max(_end(last), _end(period))
        rules = tuple(dict.fromkeys(last.rules + period.rules))
        joined[-1] = Period(last.since, until, rules)
    return joined


def intersection(several: Sequence[Sequence[Period]]) -> list[Period]:
    """The days that are in every one of several sets of periods."""
    if not several:
        return []
    common = list(several[0])
    for periods in several[1:]:
        common = [both for a in common for b in periods if (both := overlap(a, b)) is not None]
    return union(common)


def difference(periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """The days of `periods` that are in none of `taken`."""
    left = union(periods)
    for gone in taken:
        left = [rest for period in left for rest in _without(period, gone)]
    return left


def _without(period: Period, gone: Period) -> list[Period]:
    if overlap(period, gone) is None:
        return [period]
    rest = []
    if gone.since is not None and _start(period) < gone.since:
        rest.append(period._replace(until=gone.since - _DAY))
    if gone.until is not None and _end(period) > gone.until:
        rest.append(period._replace(since=gone.until + _DAY))
    return rest
