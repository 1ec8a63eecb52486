"""Under what a supplier was paid in a month: the agreements in force between it and the buyer.

An agreement counts in every month on a day of which its terms are in force. Where several do and
differ, in route, kind, or whether the money recurs, that one is `several`; where none does, the
supplier has no row, which is read as `no-agreement`. Money is passed on where every agreement in
force reaches who delivers by another body: a council, an NHS provider or a lead provider.
"""

from collections import Counter
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


_Said = tuple[str, str, frozenset[bool]]
"""The route, the kind and the recurrences of terms: there are few that differ."""


class Agreed(NamedTuple):
    """What is agreed over months, named by their first days, both counted; date.max: no end."""

    since: date
    until: date
    route: str
    kind: str
    recurrence: str
    passed_on: bool


def agreed_months(terms: Iterable[InForce]) -> list[Agreed]:
    """What the terms between a buyer and one supplier come to: spans that share no month.

    From one month in which any begin or cease to the next, counting those that hold: a provider of
    thousands of grants is no slower for each of them.
    """
    edges: dict[date, Counter[_Said]] = {}
    for one in terms:
        if one.days.since > one.days.until:
            continue
        span, said = _months(one.days), _said(one)
        edges.setdefault(span.since, Counter())[said] += 1
        if span.until < date.max.replace(day=1):
            edges.setdefault(last_of_month(span.until) + _DAY, Counter())[said] -= 1
    in_order = sorted(edges)
    found: list[Agreed] = []
    held: Counter[_Said] = Counter()
    for since, following in zip(in_order, [*in_order, None][1:], strict=True):
        held.update(edges[since])
        held = +held
        if not held:
            continue
        until = date.max if following is None else first_of_month(following - _DAY)
        agreed = Agreed(since, until, *_together(held))
        if found and found[-1][2:] == agreed[2:] and _adjoin(found[-1], agreed):
            found[-1] = found[-1]._replace(until=until)
        else:
            found.append(agreed)
    return found


def _said(one: InForce) -> _Said:
    return one.route, one.kind, frozenset(one.recurrent)


def _months(days: Span) -> Span:
    return Span(first_of_month(days.since), first_of_month(days.until))


def _adjoin(one: Agreed, other: Agreed) -> bool:
    return last_of_month(one.until) + _DAY == other.since


def _together(held: Iterable[_Said]) -> tuple[str, str, str, bool]:
    terms = list(held)
    routes = {route for route, _, _ in terms}
    recurrences = {line for _, _, lines in terms for line in lines}
    return (
        _one_of(routes),
        _one_of({kind for _, kind, _ in terms}),
        _one_of({RECURRENT if line else NON_RECURRENT for line in recurrences}),
        DIRECT not in routes,
    )


def _one_of(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else SEVERAL
