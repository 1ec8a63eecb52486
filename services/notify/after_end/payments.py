"""Which payments go on after an agreement has ended, though nothing covers them any more."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.notify.planning.agreement import History
from shared.periods import later

WATCHED_FOR = "P12M"
"""How long after its end an agreement's payments are looked at."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A line of the buyer's ledger to the agreement's provider; a credit is negative."""

    paid_on: date
    pence: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid after the end: pence in all (above 0), lines, the days of first and last."""

    pence: int
    lines: int
    first: date
    last: date


def watched_until(ended_on: date) -> date:
    """The last day on which payments after an end are looked at."""
    return later(ended_on, WATCHED_FOR)


def paid_after_end(
    history: History,
    others: Sequence[History],
    suppliers: Collection[str],
    payments: Iterable[Payment],
    grace: str,
    today: date,
) -> Paid | None:
    """What the buyer paid the provider of an agreement that is over, and owes to no other.

    `payments` are those of the buyer to the `suppliers`, that is the provider and whoever else is
    the same organisation; `others` are the buyer's other agreements. Payments up to the `grace`
    after the end (ISO 8601) are invoices that were paid late. None where nothing is left, or where
    credits outweigh what was paid.
    """
    agreement = history.on(today)
    end = agreement.last_day
    if end is None or not end < today <= watched_until(end):
        return None
    late = later(end, grace)
    takers = [one for one in others if _outlasts(one, history, end, today)]
    counted = [
        one
        for one in payments
        if one.paid_on > late and not any(_takes(other, suppliers, one.paid_on) for other in takers)
    ]
    pence = sum(one.pence for one in counted)
    if pence <= 0:
        return None
    days = [one.paid_on for one in counted]
    return Paid(pence, len(counted), min(days), max(days))


def _outlasts(other: History, own: History, own_end: date, today: date) -> bool:
    """Whether another agreement ended later, or has not: then what is paid later is for that one.

    If it has ended as well, the alarm about it counts what comes after, so that no payment is told
    of twice; of two that ended on one day one is enough.
    """
    end = other.on(today).last_day
    return end is None or (end, other.agreement_id) > (own_end, own.agreement_id)


def _takes(other: History, suppliers: Collection[str], day: date) -> bool:
    then = other.on(day)
    return then.supplier_id in suppliers and then.start is not None and then.start <= day
