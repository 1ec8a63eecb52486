"""The printed figures of section 2.3 that the sample reproduces, and where they can't all hold.

NHS West Yorkshire ICB in Leeds, "Working with the Third Sector, Annual Position Statement 2024".
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

LINES = 42
PROVIDERS = 23
SMALLEST_POUNDS = 28_000
LARGEST = Decimal("7.5")
LARGE_POUNDS = 400_000
LARGE_LINES = 12
LARGE_TOTAL = Decimal(14)
LARGE_SHARE = 60
TOTAL = Decimal("19.87")
HOSPICES = Decimal(7)
PROGRAMMES = {
    "End of life": Decimal("7.6"),
    "Adult mental health": Decimal("7.6"),
    "Children and young people": Decimal("1.6"),
    "Social prescribing": Decimal("1.6"),
    "Older people": Decimal("0.9"),
    "Other": Decimal("0.7"),
}
"""Millions of pounds a year, one decimal, in the paper's order: hospices are within end of life,
dementia within adult mental health and not within older people."""

_PENCE_IN_A_MILLION = Decimal(100_000_000)


def as_printed(pence: int, like: Decimal) -> Decimal:
    """An amount in millions of pounds, to as many decimals as `like` was printed with."""
    return (Decimal(pence) / _PENCE_IN_A_MILLION).quantize(like, ROUND_HALF_UP)


def remarks(line_pence: Sequence[int]) -> list[str]:
    """What a reader of the printed figures should know, with what the sample's lines add up to."""
    total = sum(line_pence)
    large = sum(pence for pence in line_pence if pence > LARGE_POUNDS * 100)
    printed_sum = sum(PROGRAMMES.values(), Decimal(0))
    lowest, highest = _possible_shares()
    share = (
        f"The {LARGE_LINES} largest lines are printed as £{LARGE_TOTAL}m ({LARGE_SHARE}%). That "
        f"can't be: whatever amounts print as £{LARGE_TOTAL}m and £{TOTAL}m, their share lies "
        f"between {lowest}% and {highest}%. Here it is {_percent(large, total)}%."
    )
    rounding = (
        f"The programmes as printed add up to £{printed_sum}m, the total is printed as £{TOTAL}m. "
        f"Rounding alone explains it: these {len(line_pence)} lines come to £{total // 100:,} and "
        "each programme still prints as in the paper."
    )
    hospices = (
        f"Section 3.2 gives hospices £{HOSPICES}m and the largest line is £{LARGEST}m: one line "
        f"of £{max(line_pence) // 100:,} prints as both."
    )
    return [share, rounding, hospices]


def _possible_shares() -> tuple[Decimal, Decimal]:
    """The lowest and the highest percentage that amounts which print so can have."""
    half, half_total = Decimal("0.5"), Decimal("0.005")
    lowest = (LARGE_TOTAL - half) / (TOTAL + half_total)
    highest = (LARGE_TOTAL + half) / (TOTAL - half_total)
    tenth = Decimal("0.1")
    return (100 * lowest).quantize(tenth), (100 * highest).quantize(tenth)


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
