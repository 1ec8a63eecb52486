"""Which months a report is asked of."""

from services.api.asked.periods import Span, clip, financial_year, last_of_month, month_named
from services.api.quality.report import EVER
from shared.errors import Rejected


def asked_months(first: str | None, last: str | None, year: str | None) -> Span:
    """The days from the first month to the last one, in the financial year where one is named.

    Whole months, by which the spend is rolled up. Rejected: no day is in all of them.
    """
    span = Span(
        month_named(first, "from") if first else EVER.since,
        last_of_month(month_named(last, "to")) if last else EVER.until,
    )
    if span.since > span.until:
        raise Rejected("`from` is after `to`", "from")
    within = clip([span], financial_year(year) if year else EVER)
    found = clip(within, EVER)
    if not found:
        raise Rejected("`from` and `to` leave no month of that year in 1990 to 2100", "from")
    return found[0]
