"""Which pounds a reclassification moves: by buyer, from where to where, to the penny.

A payment moves between tiers with its supplier. Under a definition it moves only where its own day
counted before and does not now, or the other way: memberships have dates.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.classify.classification import Classification
from services.classify.pounds.paid import Paid
from shared.events import Membership

TIER = "tier"
COUNTS, DOES_NOT = "counts", "does not count"

Days = tuple[date, date]
"""A period's first and last day; date.min and date.max where it is open."""


class State(NamedTuple):
    """What of a classification moves pounds: the tier, and the days by definition."""

    tier: str
    periods: dict[str, list[Days]]


class Moving(NamedTuple):
    """A supplier's state before and after."""

    before: State
    after: State

    @property
    def moves(self) -> bool:
        """Whether any payment of the supplier could move."""
        return self.before != self.after


class Move(NamedTuple):
    """Pounds of one buyer that move, net of credits: `what` is `tier` or a definition's name."""

    buyer: str
    what: str
    before: str
    after: str
    suppliers: int
    lines: int
    pence: int


def state_now(classification: Classification) -> State:
    """The state that a classification says."""
    return State(classification.tier, _periods(classification.memberships))


def state_before(stored: Mapping[str, Any]) -> State:
    """The state that a classification said, as it is stored."""
    memberships = (Membership.model_validate(m, strict=False) for m in stored["memberships"])
    return State(stored["tier"], _periods(memberships))


def _periods(memberships: Iterable[Membership]) -> dict[str, list[Days]]:
    periods: dict[str, list[Days]] = {}
    for period in memberships:
        days = (period.since or date.min, period.until or date.max)
        periods.setdefault(period.definition, []).append(days)
    return {definition: sorted(own) for definition, own in sorted(periods.items())}


class Tally:
    """Adds up the moves, one payment after another, or takes one back; each must come once."""

    def __init__(self, moving: Mapping[str, Moving]) -> None:
        self._moving = moving
        self._sums: dict[tuple[str, str, str, str], dict[str, list[int]]] = {}

    def add(self, paid: Paid) -> None:
        """Count a payment where it moves."""
        for what, before, after in _moves(self._moving[paid.supplier_id], paid.payment_date):
            key = (paid.buyer, what, before, after)
            sums = self._sums.setdefault(key, {}).setdefault(paid.supplier_id, [0, 0])
            sums[0] += paid.lines
            sums[1] += paid.pence

    def suppliers(self) -> int:
        """How many suppliers have a line that moves; one whose lines were taken back has none."""
        return len({s for own in self._sums.values() for s, sums in own.items() if sums[0]})

    def moves(self) -> list[Move]:
        """What was added up, in order; nothing of suppliers all of whose lines were taken back."""
        found = []
        for key, of_suppliers in sorted(self._sums.items()):
            sums = [each for each in of_suppliers.values() if each[0]]
            if sums:
                lines, pence = map(sum, zip(*sums, strict=True))
                found.append(Move(*key, len(sums), lines, pence))
        return found


def _moves(moving: Moving, day: date) -> Iterable[tuple[str, str, str]]:
    before, after = moving
    if before.tier != after.tier:
        yield TIER, before.tier, after.tier
    for definition in {**before.periods, **after.periods}:
        was = _holds(before.periods.get(definition, ()), day)
        now = _holds(after.periods.get(definition, ()), day)
        if was != now:
            yield definition, *((COUNTS, DOES_NOT) if was else (DOES_NOT, COUNTS))


def _holds(periods: Sequence[Days], day: date) -> bool:
    return any(since <= day <= until for since, until in periods)
