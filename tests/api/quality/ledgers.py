"""Months of a ledger, with what a case does not care about filled in."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from services.api.quality.finding import Sum
from services.api.quality.month import Month, later_month

START = date(2022, 4, 1)


def of(lines: int, pence: int | None = None) -> Sum:
    """So many lines of 100 pounds each, or of these pence together."""
    net = lines * 100_00 if pence is None else pence
    return Sum(lines, net, abs(net))


def month(
    number: int,
    lines: int = 100,
    without: Mapping[str, int] | None = None,
    *,
    pence: int | None = None,
    thousands: int = 0,
    recorded: Mapping[date, int] | None = None,
) -> Month:
    """The month so many after the start."""
    first = later_month(START, number)
    on = first.replace(day=monthrange(first.year, first.month)[1])
    return Month(
        first,
        of(lines, pence),
        {field: of(lacking) for field, lacking in (without or {}).items()},
        recorded or {on: lines},
        of(thousands),
    )
