"""What is usual for a buyer: the median and how far values usually lie from it.

Both are robust: half of the values may be wild without moving either much (Rousseeuw and Croux,
"Alternatives to the Median Absolute Deviation", 1993).
"""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

_AS_DEVIATION = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation."""


class Usual(NamedTuple):
    """The median of values, and their spread around it as a standard deviation."""

    median: float
    spread: float


def usual(values: Sequence[float]) -> Usual:
    """The median and spread of at least one value."""
    middle = median(values)
    return Usual(middle, _AS_DEVIATION * median(abs(value - middle) for value in values))
