"""Months in which a supplier pays the buyer, and credits that nothing paid before can explain."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from services.api.asked.periods import last_of_month
from services.api.quality.finding import Finding, Rule, Sum
from services.api.quality.month import months_between

NEGATIVE = Rule(
    "supplier-month-negative",
    "a supplier's credits exceed its payments in a month by 25,000 pounds or more",
    {"pence": 25_000_00},
    "a credit of an earlier month's invoice is ordinary; from the sum on that is published by "
    "transaction it is worth a look",
)
UNEXPLAINED = Rule(
    "credit-without-payment",
    "credits exceed all that the supplier was paid in that month and the twelve before",
    {"pence": 25_000_00, "months_known": 12},
    "a credit takes back something that was paid; below 25,000 the payment may not have been "
    "published, and in the first year of the data it may lie before it",
)


class SupplierMonth(NamedTuple):
    """A supplier's month, and its net pence of that month and the twelve before together."""

    supplier: str
    month: date
    sum: Sum
    year_pence: int


def unexplained_credits(months: Iterable[SupplierMonth], first: date) -> Iterator[Finding]:
    """The months whose credits nothing explains; `first` is the buyer's first month."""
    for each in months:
        if _is_unexplained(each, first):
            says = "more was credited than had been paid in the twelve months before"
            yield _finding(UNEXPLAINED, each, each.year_pence, says)


def negative_suppliers(months: Iterable[SupplierMonth], first: date) -> Iterator[Finding]:
    """The other months whose net is far below zero."""
    for each in months:
        if each.sum.pence <= -NEGATIVE.thresholds["pence"] and not _is_unexplained(each, first):
            says = "credits exceed the payments of the month"
            yield _finding(NEGATIVE, each, each.sum.pence, says)


def _is_unexplained(each: SupplierMonth, first: date) -> bool:
    known = months_between(first, each.month) >= UNEXPLAINED.thresholds["months_known"]
    return known and each.year_pence <= -UNEXPLAINED.thresholds["pence"]


def _finding(rule: Rule, each: SupplierMonth, pence: int, says: str) -> Finding:
    return Finding(
        rule.name,
        each.month,
        last_of_month(each.month),
        each.sum,
        pence / 100,
        says,
        suppliers=(each.supplier,),
        rows={"supplier": each.supplier},
    )
