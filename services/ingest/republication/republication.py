"""Whether a file states an earlier one anew, and which line stands in whose place: named rules.

A file takes no line of a day away that it does not cover; one that may replace an earlier file and
is not certain to waits for a person.
"""

import hashlib
from collections.abc import Callable
from typing import Literal, NamedTuple

from services.ingest.payments.payment import Payment
from services.ingest.payments.wording import fold_payee, fold_reference, fold_unit
from services.ingest.republication.coverage import Span

NEARLY_ALL = 0.9
"""Of an earlier file's lines: with fewer unchanged the later one is not taken for it unasked."""
HALF = 0.5
"""With fewer of its lines stated again, as they were or changed, it is another publication."""
MOST_DAYS_MOVED = 31
"""Between the days of one payment as two editions state it."""

Verdict = Literal["adds", "replaces", "ask"]
SAID = "said by a person"
NAMED = "same reference"
OTHERS = "may replace other earlier files too"
WAS_TAKEN_BACK = "may replace the earlier file: it did, and was taken back"

Key = tuple[object, ...] | None


class Rule(NamedTuple):
    """Lines with one key may stand in each other's place.

    `named`: it is in the words of the line itself, wherever it moved to. `alone`: only where one
    line of either file has the key, since nothing tells which of several is which.
    """

    name: str
    key: Callable[[Payment], Key]
    named: bool = False
    alone: bool = False


def _reference(payment: Payment) -> Key:
    if payment.reference is None:
        return None
    return fold_payee(payment.payee), fold_reference(payment.reference)


def _transaction(payment: Payment) -> Key:
    if payment.transaction is None:
        return None
    return fold_payee(payment.payee), fold_reference(payment.transaction)


def _with_amount(key: Callable[[Payment], Key]) -> Callable[[Payment], Key]:
    def keyed(payment: Payment) -> Key:
        found = key(payment)
        return None if found is None else (*found, payment.amount_pence)

    return keyed


RULES = (
    Rule(NAMED, _with_amount(_reference), named=True),
    Rule(NAMED, _with_amount(_transaction), named=True),
    Rule(NAMED, _reference, named=True),
    Rule(NAMED, _transaction, named=True),
    # No pounds, day or payee move, so that equal ones need no telling apart.
    Rule(
        "same day, payee and amount",
        lambda line: (line.payment_date, fold_payee(line.payee), line.amount_pence),
    ),
    Rule(
        "same day, payee and unit",
        lambda line: (line.payment_date, fold_payee(line.payee), fold_unit(line.unit or "")),
        alone=True,
    ),
    Rule("same day and amount", lambda line: (line.payment_date, line.amount_pence), alone=True),
    Rule(
        "same payee and amount",
        lambda line: (fold_payee(line.payee), line.amount_pence),
        alone=True,
    ),
)
"""In this order: what names a line goes before what only looks like it."""


def keys_of(payment: Payment) -> list[int | None]:
    """The key of a payment under each rule, as 64 bits; None: the rule says nothing of it."""
    return [
        None if (key := rule.key(payment)) is None else _digest(place, key)
        for place, rule in enumerate(RULES)
    ]


def _digest(place: int, key: tuple[object, ...]) -> int:
    said = "\x1f".join((str(place), *map(str, key))).encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), signed=True)


class Found(NamedTuple):
    """Lines of an earlier file beside a later one.

    `same` are stated as they were, `changed` otherwise (`named` of them by a reference), `gone` no
    longer in the days that the later file covers; for `possible` of these it has a line that may be
    it, but nothing tells which. `corrected` of the changed were corrected by an officer. `restored`
    were withdrawn by an earlier edition. `new` are the later file's other lines of these days.
    """

    lines: int
    same: int = 0
    changed: int = 0
    named: int = 0
    gone: int = 0
    possible: int = 0
    corrected: int = 0
    restored: int = 0
    new: int = 0

    @property
    def matched(self) -> int:
        """How many of the earlier lines the later file states, as they were or changed."""
        return self.same + self.changed


def judge(earlier: Span, later: Span, found: Found) -> tuple[Verdict, str]:
    """Whether the later file adds to an earlier one, replaces it, or a person must say; the rule.

    The spans are what each covers. Certain is only what takes nothing away and leaves nearly all as
    it was: a file of all the earlier one's days whose every other line names the one that it
    corrects. A file with few of the earlier lines is another publication (a department, purchase
    cards), unless most of what it says otherwise names a line: a list of corrections.
    """
    otherwise = found.changed + found.gone
    if found.restored:
        return "ask", "states lines again that are withdrawn"
    if not otherwise:
        return "adds", "states every earlier line" if found.same else "other days"
    corrects = found.named and found.named >= HALF * (found.changed + found.new)
    stated = found.matched + found.possible
    if stated < HALF * (found.same + otherwise) and not corrects:
        return "adds", "another publication of the same days"
    nearly_all = found.same >= NEARLY_ALL * (found.same + otherwise)
    only_named = found.named == otherwise and not found.corrected
    if later.holds(earlier) and nearly_all and only_named:
        return "replaces", "covers the same days, every other line names the one it corrects"
    return "ask", "may replace the earlier file"
