"""What an agreement pays over its whole term."""

from collections.abc import Iterable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

_MONTHS = 12


def whole_pence(
    stated: int | None, annual: Iterable[int], start: date, end: date | None
) -> int | None:
    """The total that the buyer states, else the one amount a year over a term of whole months.

    None where neither tells it exactly: no amount, amounts that changed, no end, or a term that is
    no number of months. `annual` is the amount a year of each version; a half penny rounds up.
    """
    if stated:
        return stated
    amounts = set(annual)
    if len(amounts) != 1 or end is None:
        return None
    length = relativedelta(end + timedelta(days=1), start)
    pence = amounts.pop()
    if length.days or not pence:
        return None
    months = length.years * _MONTHS + length.months
    return (2 * pence * months + _MONTHS) // (2 * _MONTHS)
