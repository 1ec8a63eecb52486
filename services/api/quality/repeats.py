"""Lines that may be one payment made twice, and payees that may be one supplier twice.

What repeats stays and counts: instalments and split lines are real. It is shown to be looked at.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from services.api.quality.finding import Finding, Rule, Sum
from shared.money import format_pounds

TWICE = Rule(
    "line-repeated",
    "lines equal in supplier, day, amount, reference, unit and purpose",
    {"pence": 500_00},
    "an invoice number names one invoice; without a reference equal lines are too common to be "
    "told from instalments, and of payees that are redacted nobody knows who is who. From the sum "
    "on that councils publish",
)
TWO_SUPPLIERS = Rule(
    "invoice-under-two-suppliers",
    "one reference and amount paid to two or three suppliers within a year",
    {"pence": 500_00, "suppliers": 3, "days": 366, "reference_length": 4},
    "the same invoice booked under two records of a supplier is the commonest way to pay twice; "
    "a reference and amount that many share are a scheme, and one of three signs is any invoice's",
)
ONE_NAME = Rule(
    "payee-under-several-suppliers",
    "one payee's name stands for several suppliers, told apart by numbers in the ledger",
    {"suppliers": 2},
    "a wrong or missing charity or company number makes two suppliers of one; sums by supplier "
    "are short until it is corrected",
)


class Repeat(NamedTuple):
    """Lines that share reference and amount: from which day to which, of which suppliers.

    `equal` says that they are equal in all that a ledger says of them.
    """

    reference: str
    pence: int
    lines: int
    since: date
    until: date
    suppliers: tuple[str, ...]
    equal: bool


class Namesake(NamedTuple):
    """Suppliers of one name, what they were paid together, and from which month to which."""

    suppliers: tuple[str, ...]
    since: date
    until: date
    sum: Sum


def repeated_lines(repeats: Iterable[Repeat]) -> Iterator[Finding]:
    """Lines of which all but one may be too many; the sum is that of those."""
    for each in repeats:
        if not each.equal:
            continue
        extra = each.lines - 1
        says = f"{each.lines} equal lines of {format_pounds(each.pence)} pounds"
        yield _repeated(TWICE, each, extra, each.lines, says)


def invoices_of_two(repeats: Iterable[Repeat]) -> Iterator[Finding]:
    """Invoices that seem paid to several suppliers; the sum is what is more than one payment."""
    for each in repeats:
        if each.equal:
            continue
        says = f"{format_pounds(each.pence)} pounds to {len(each.suppliers)} suppliers"
        yield _repeated(TWO_SUPPLIERS, each, each.lines - 1, len(each.suppliers), says)


def _repeated(rule: Rule, each: Repeat, extra: int, measure: int, says: str) -> Finding:
    pence = extra * each.pence
    one = each.suppliers[0] if len(each.suppliers) == 1 else None
    amount = format_pounds(each.pence)
    return Finding(
        rule.name,
        each.since,
        each.until,
        Sum(extra, pence, pence),
        measure,
        says,
        reference=each.reference,
        suppliers=each.suppliers,
        rows={"amount": amount} | ({"supplier": one} if one else {}),
    )


def namesakes(found: Iterable[Namesake]) -> Iterator[Finding]:
    """Names that stand for several suppliers."""
    for each in found:
        says = f"{len(each.suppliers)} suppliers of one name"
        yield Finding(
            ONE_NAME.name,
            each.since,
            each.until,
            each.sum,
            len(each.suppliers),
            says,
            suppliers=each.suppliers,
            rows=None,
        )
