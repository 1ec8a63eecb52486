"""The printed figures of section 2.3 that the sample reproduces, and where they can't all hold.

NHS West Yorkshire ICB in Leeds, "Working with the Third Sector, Annual Position Statement 2024".
"""

from collections.abc import Sequence
from decimal import Decimal

LINES = 42
PROVIDERS = 23
SMALLEST_POUNDS = 28_000
LARGEST = Decimal("7.5")
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


def claims() -> list[dict[str, str]]:
    """What sections 2.2 and 2.3 print, each by the key of a figure of the statement."""
    printed = {
        "agreed.total": f"£{TOTAL}m",
        "agreed.change": "about -£550,000",
        "agreed.change-share": "just under -3%",
        "agreed.lines": str(LINES),
        "agreed.providers": str(PROVIDERS),
        "agreed.smallest": f"£{SMALLEST_POUNDS:,}",
        "agreed.largest": f"£{LARGEST}m",
        "agreed.large.lines": str(LARGE_LINES),
        "agreed.large.total": f"£{LARGE_TOTAL}m",
        "agreed.large.share": f"{LARGE_SHARE}%",
    } | {f"agreed.programme:{name}": f"£{amount}m" for name, amount in PROGRAMMES.items()}
    return [
        {"figure": figure, "printed": said, "source": "Position statement 2024, section 2"}
        for figure, said in printed.items()
    ]


def hospices(line_pence: Sequence[int]) -> str:
    """How two printed figures of one line hold together."""
    return (
        f"Section 3.2 gives hospices £{HOSPICES}m and the largest line is £{LARGEST}m: one line "
        f"of £{max(line_pence) // 100:,} prints as both."
    )
