"""Which pounds a reclassification moves: by buyer, from where to where, to the penny.

A payment moves between tiers with its supplier. Under a definition it moves only where its own day
counted before and does not now, or the other way: memberships have dates.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.classify.classification import Classification
from shared.events import Membership, PaymentAccepted

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
    """Adds up the moves, one payment after another; each must come once."""

    def __init__(self, moving: Mapping[str, Moving]) -> None:
        self._moving = moving
        self._sums: dict[tuple[str, str, str, str], tuple[set[str], list[int]]] = {}

    def add(self, payment: PaymentAccepted) -> None:
        """Count a payment where it moves."""
        supplier = str(payment.supplier_id)
        for what, before, after in _moves(self._moving[supplier], payment.payment_date):
            key = (payment.buyer, what, before, after)
            suppliers, sums = self._sums.setdefault(key, (set(), [0, 0]))
            suppliers.add(supplier)
            sums[0] += 1
            sums[1] += payment.amount_pence

    def moves(self) -> list[Move]:
        """What was added up, in order."""
        return [
            Move(*key, len(suppliers), lines, pence)
            for key, (suppliers, (lines, pence)) in sorted(self._sums.items())
        ]


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
