"""By what a list of payments may be narrowed, beside buyer, supplier and days."""

from dataclasses import dataclass

from services.api.asked.question import choose, split
from services.api.quality.completeness import FIELDS
from services.api.spend.coverage import CLASSES
from shared.money import parse_pounds

THRESHOLD_PENCE = 25_000_00
"""Above it central government and the NHS publish each transaction (HM Treasury, "Guidance for
publishing spend over 25,000", 2013)."""


@dataclass(frozen=True)
class PaymentFilter:
    """Payments that lack each of these fields, are of the unit, whose supplier is of one of these
    classes of coverage, that are of exactly these pence, of whole thousands of pounds, above the
    threshold of publication (`over_25000`) or, where that is False, not.

    None and empty let all pass.
    """

    without: tuple[str, ...] = ()
    unit: str | None = None
    coverage: tuple[str, ...] = ()
    amount_pence: int | None = None
    whole_thousands: bool = False
    over_25000: bool | None = None


def payment_filter(
    without: list[str],
    unit: str | None,
    coverage: list[str],
    amount: str | None,
    *,
    whole_thousands: bool,
    over_25000: bool | None,
) -> PaymentFilter:
    """The filter as it was asked for; Rejected names the field that is none."""
    return PaymentFilter(
        choose(split(without), FIELDS, "without"),
        unit,
        choose(split(coverage), CLASSES, "coverage"),
        None if amount is None else parse_pounds(amount),
        whole_thousands,
        over_25000,
    )
