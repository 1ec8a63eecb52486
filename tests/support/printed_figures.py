"""Amounts as the position statement prints them: millions of pounds, to so many decimals."""

from decimal import ROUND_HALF_UP, Decimal

LARGE_POUNDS = 400_000
"""Above which section 2.3 counts a line among its largest twelve."""

_PENCE_IN_A_MILLION = Decimal(100_000_000)


def as_printed(pence: int, like: Decimal) -> Decimal:
    """An amount in millions of pounds, to as many decimals as `like` was printed with."""
    return (Decimal(pence) / _PENCE_IN_A_MILLION).quantize(like, ROUND_HALF_UP)
