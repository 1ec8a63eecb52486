"""Under what a supplier was paid in a month: the agreements in force between it and the buyer.

An agreement counts in every month on a day of which its terms are in force. Where several do and
differ, in route, kind, or whether the money recurs, that one is `several`; where none does, the
supplier has no row, which is read as `no-agreement`. Money is passed on where every agreement in
force reaches who delivers by another body: a council, an NHS provider or a lead provider.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, get_args

from services.api.asked.periods import Span, first_of_month, last_of_month
from shared.events.agreements import Kind, Route

SEVERAL, NO_AGREEMENT = "several", "no-agreement"
RECURRENT, NON_RECURRENT = "recurrent", "non-recurrent"
DIRECT = "direct"
NOT_ONE = (SEVERAL, NO_AGREEMENT)
ROUTES = (*get_args(Route), *NOT_ONE)
KINDS = (*get_args(Kind), *NOT_ONE)
RECURRENCES = (RECURRENT, NON_RECURRENT, *NOT_ONE)
_DAY = timedelta(days=1)


class InForce(NamedTuple):
    """Terms of one agreement and the days on which they hold; `recurrent` is of each line."""

    days: Span
    route: str
    kind: str
    recurrent: tuple[bool, ...]


class Agreed(NamedTuple):
    """What is agreed over months, named by their first days, both counted; date.max: no end."""

    since: date
    until: date
    route: str
    kind: str
    recurrence: str
    passed_on: bool


def agreed_months(terms: Iterable[InForce]) -> list[Agreed]:
    """What the terms between a buyer and one supplier come to: spans that share no month."""
    months = [(one, _months(one.days)) for one in terms if one.days.since <= one.days.until]
    starts = {span.since for _, span in months}
    starts |= {
        last_of_month(span.until) + _DAY
        for _, span in months
        if span.until < date.max.replace(day=1)
    }
    edges = sorted(starts)
    found: list[Agreed] = []
    for since, following in zip(edges, [*edges, None][1:], strict=True):
        held = [one for one, span in months if span.since <= since <= span.until]
        if not held:
            continue
        until = date.max if following is None else first_of_month(following - _DAY)
        agreed = Agreed(since, until, *_together(held))
        if found and found[-1][2:] == agreed[2:] and _adjoin(found[-1], agreed):
            found[-1] = found[-1]._replace(until=until)
        else:
            found.append(agreed)
    return found


def _months(days: Span) -> Span:
    return Span(first_of_month(days.since), first_of_month(days.until))


def _adjoin(one: Agreed, other: Agreed) -> bool:
    return last_of_month(one.until) + _DAY == other.since


def _together(held: Iterable[InForce]) -> tuple[str, str, str, bool]:
    terms = list(held)
    routes = {one.route for one in terms}
    recurrences = {line for one in terms for line in one.recurrent}
    return (
        _one_of(routes),
        _one_of({one.kind for one in terms}),
        _one_of({RECURRENT if line else NON_RECURRENT for line in recurrences}),
        DIRECT not in routes,
    )


def _one_of(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else SEVERAL
