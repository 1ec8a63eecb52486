"""What of the dates that an agreement brings nobody need be told any more, though they hold."""

from collections.abc import Sequence
from datetime import date, timedelta

from services.notify.notices.notice import Notice
from services.notify.planning.obligation import RECURRING, Obligation, ObligationKind

_SETTLED_BY_NOTICE: frozenset[ObligationKind] = frozenset(
    {
        "renewal",
        "service",
        "decision",
        "lapse",
        "notice",
        "commitment",
        "provider-notice",
        "option",
    }
)
"""A notice that says what becomes of the agreement at its end answers them."""
_OF_NO_USE_AFTER: frozenset[ObligationKind] = frozenset(
    {"decision", "commitment", "option", "provider-notice"}
)
"""Once their day has passed nobody can act on them."""
_ONE_DAY = timedelta(days=1)


def settled(
    brought: Sequence[Obligation], notices: Sequence[Notice], today: date
) -> frozenset[str]:
    """The ids of those that a notice answers, or whose day has passed.

    Stages before a last safe day to serve notice are of no use once that has passed. Nor is
    that day itself where another follows, as after a break: the agreement runs on.
    """
    last_days = [one.due_on for one in brought if one.kind == "notice"]
    found = set()
    for one in brought:
        until = one.due_on
        if one.kind == "service":
            until = min((day for day in last_days if day >= one.due_on), default=date.max)
        passing = one.kind in {*_OF_NO_USE_AFTER, "service"} or (
            one.kind == "notice" and one.due_on < max(last_days)
        )
        answered = one.kind in _SETTLED_BY_NOTICE and any(n.decides(one.end) for n in notices)
        if answered or (passing and until < today):
            found.add(one.obligation_id)
    return frozenset(found)


def next_turn(brought: Sequence[Obligation], today: date) -> date | None:
    """The first day after this one on which one of them has passed, or comes again."""
    turning = {*_OF_NO_USE_AFTER, *RECURRING}
    kinds = [one.kind for one in brought]
    if "service" in kinds or kinds.count("notice") > 1:
        turning.add("notice")
    days = [one.due_on + _ONE_DAY for one in brought if one.kind in turning]
    return min((day for day in days if day > today), default=None)
