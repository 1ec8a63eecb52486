"""Whether a file states an earlier one anew, and what that corrects: line by line, by named rules.

A file never takes a line of a day away that it does not reach, so a rolling window leaves what came
before it; one that may replace an earlier file and is not certain to waits for a person.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from services.ingest.payments.payment import Payment
from shared.identity import normalise_payee

NEARLY_ALL = 0.9
"""Of an earlier file's lines: with fewer unchanged the later one is not taken for it unasked."""
HALF = 0.5
"""With fewer of its lines stated again, as they were or changed, it is another publication."""

Verdict = Literal["adds", "replaces", "ask"]


class Change(NamedTuple):
    """A line of the ledger and what the later file states in its place, by which rule."""

    before: Payment
    after: Payment
    rule: str


class Plan(NamedTuple):
    """What a later file changes of an earlier one: corrected, new, and no longer there.

    `unchanged` counts the lines that both state.
    """

    changes: Sequence[Change]
    new: Sequence[Payment]
    gone: Sequence[Payment]
    unchanged: int

    def matched(self) -> int:
        """How many of the earlier lines the later file states, as they were or changed."""
        return self.unchanged + len(self.changes)


class Span(NamedTuple):
    """The first and last day of a file's payments."""

    first: date
    last: date

    def months(self) -> tuple[int, int, int, int]:
        """The calendar months in which a file begins and ends: what a publication is of."""
        return self.first.year, self.first.month, self.last.year, self.last.month


def compare(before: Iterable[Payment], after: Iterable[Payment], unchanged: int) -> Plan:
    """Match lines that only the ledger has with lines that only the later file has, one to one.

    First those of one payee with a reference or transaction number in common; then of one day,
    payee and unit with another amount; of one day and amount, whose payee or unit is written
    otherwise; of one payee and amount on another day. Which of several equal candidates is matched
    moves no pounds: the ledger ends with what the later file states.
    """
    old, new = list(before), list(after)
    changes: list[Change] = []
    for rule, key in _RULES:
        waiting: dict[Hashable, list[Payment]] = {}
        for payment in sorted(new, key=_in_order, reverse=True):
            if (name := key(payment)) is not None:
                waiting.setdefault(name, []).append(payment)
        found = [
            Change(payment, waiting[name].pop(), rule)
            for payment in sorted(old, key=_in_order)
            if (name := key(payment)) is not None and waiting.get(name)
        ]
        changes += found
        matched = {id(each) for change in found for each in (change.before, change.after)}
        old = [payment for payment in old if id(payment) not in matched]
        new = [payment for payment in new if id(payment) not in matched]
    return Plan(changes, new, old, unchanged)


def judge(earlier: Span, later: Span, plan: Plan) -> tuple[Verdict, str]:
    """Whether the later file adds to an earlier one, replaces it, or a person must say; the rule.

    Certain is only what takes nothing away and leaves nearly all as it was: a file of the same
    months whose every other line names the one that it corrects. A file with few of the earlier
    lines is another publication, unless most of what it says otherwise names a line: a list of
    corrections.
    """
    changed = len(plan.changes) + len(plan.gone)
    lines = plan.unchanged + changed
    named = sum(change.rule == NAMED for change in plan.changes)
    if not changed:
        return "adds", "states every earlier line"
    corrects = named and named >= HALF * (len(plan.changes) + len(plan.new))
    if plan.matched() < HALF * lines and not corrects:
        return "adds", "another publication of the same days"
    nearly_all = plan.unchanged >= NEARLY_ALL * lines
    if earlier.months() == later.months() and nearly_all and named == changed:
        return "replaces", "same months, every other line names the one it corrects"
    return "ask", "may replace the earlier file"


def is_within_days(day: date, earlier: Span, later: Span) -> bool:
    """Whether the later file surely states the whole of a day that the earlier one reaches.

    It need not state the whole of its first or last day where the earlier one goes on beyond: a
    window may be cut off in the middle of a day.
    """
    begins = later.first < day if earlier.first < later.first else earlier.first <= day
    ends = day < later.last if later.last < earlier.last else day <= earlier.last
    return begins and ends


def _in_order(payment: Payment) -> tuple[int, date, str]:
    return payment.amount_pence, payment.payment_date, payment.payment_id


def _by_reference(payment: Payment) -> Hashable:
    return payment.reference and (normalise_payee(payment.payee), payment.reference.upper())


def _by_transaction(payment: Payment) -> Hashable:
    return payment.transaction and (normalise_payee(payment.payee), payment.transaction.upper())


def _by_day_and_payee(payment: Payment) -> Hashable:
    return payment.payment_date, normalise_payee(payment.payee), payment.unit


def _by_day_and_amount(payment: Payment) -> Hashable:
    return payment.payment_date, payment.amount_pence


def _by_payee_and_amount(payment: Payment) -> Hashable:
    return normalise_payee(payment.payee), payment.amount_pence


NAMED = "same reference"
_RULES: tuple[tuple[str, Callable[[Payment], Hashable]], ...] = (
    (NAMED, _by_reference),
    (NAMED, _by_transaction),
    ("same day, payee and unit", _by_day_and_payee),
    ("same day and amount", _by_day_and_amount),
    ("same payee and amount", _by_payee_and_amount),
)
