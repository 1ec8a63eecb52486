"""A figure as somebody printed it, and what it could have meant.

A number stands for everything that rounds to it at the last digit that was printed: £19.87m is from
19,865,000 to 19,875,000. Of pounds in full the noughts at the end are no digits: £550,000 is from
545,000 to 555,000; with m or k behind it every digit counts, so £20m is from 19.5m to 20.5m. Words
move that: "about" allows a whole last digit either way; "just under 3%" is what a writer who tells
halves still calls 3, from 2.75% up to but not 3%; "over" and "under" are open at one side.
"""

import re
from decimal import Decimal, InvalidOperation, localcontext
from typing import Literal, NamedTuple

from shared.errors import Rejected

Unit = Literal["pounds", "share", "count", "months", "days"]
_INFINITE = Decimal("Infinity")
_ABOUT = ("about", "around", "approximately", "roughly", "some", "circa", "c.", "c", "~")
_JUST_UNDER = ("just under", "just short of", "almost", "nearly")
_JUST_OVER = ("just over",)
_OVER = ("over", "more than", "at least", "above")
_UNDER = ("under", "less than", "fewer than", "at most", "up to", "below")
_WORDS = sorted((*_ABOUT, *_JUST_UNDER, *_JUST_OVER, *_OVER, *_UNDER), key=len, reverse=True)
_SCALES = {"": 0, "k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9}
_PRINTED = re.compile(
    rf"(?:(?P<word>{'|'.join(map(re.escape, _WORDS))})\s*)?"
    r"(?P<sign>[-+\N{MINUS SIGN}]?)\s?(?P<pound>£?)\s?"
    r"(?P<whole>\d{1,15}|\d{1,3}(?:,\d{3}){1,5})(?:\.(?P<part>\d{1,6}))?\s?"
    r"(?P<scale>k|thousand|m|million|bn|billion|)\s?(?P<percent>%?)(?:\s?(?:months?|days?))?",
    re.ASCII | re.IGNORECASE,
)


class Meant(NamedTuple):
    """The number as printed, and the lowest and highest that it could have meant.

    Of pounds, or of what is counted; shares from 0 to 1. `below` and `above`: those ends
    themselves are not meant.
    """

    value: Decimal
    low: Decimal
    high: Decimal
    above: bool = False
    below: bool = False

    def __neg__(self) -> "Meant":
        """The same of the other sign."""
        return Meant(-self.value, -self.high, -self.low, self.below, self.above)

    def holds(self, value: Decimal) -> bool:
        """Whether this number may be what was meant."""
        low = value > self.low if self.above else value >= self.low
        return low and (value < self.high if self.below else value <= self.high)

    def meets(self, other: "Meant") -> bool:
        """Whether some number may be what both meant."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return low < high or (low == high and self.holds(low) and other.holds(low))

    @property
    def width(self) -> Decimal:
        """How much it leaves open."""
        return self.high - self.low


def read_printed(text: str, unit: Unit) -> Meant:
    """What a printed figure of this unit means; Rejected where it is no such figure."""
    match = _PRINTED.fullmatch(text.strip())
    if match is None or not _is_of(match, unit):
        raise Rejected(f"printed is not a figure in {_NAMES[unit]}", "printed")
    try:
        return _meant(match, unit)
    except InvalidOperation as error:
        raise Rejected("printed has more digits than a figure can have", "printed") from error


_NAMES: dict[Unit, str] = {
    "pounds": "pounds, such as £19.87m, £550,000 or just short of -£20m",
    "share": "per cent, such as 60%, 70.5% or just under 3%",
    "count": "numbers, such as 42 or over 3,200",
    "months": "months, such as 36 or 36.5",
    "days": "days, such as 182",
}


def _is_of(match: re.Match[str], unit: Unit) -> bool:
    percent, pound = bool(match["percent"]), bool(match["pound"])
    if unit == "share":
        return percent and not pound and not match["scale"]
    return not percent and (unit == "pounds" or not pound)


def _meant(match: re.Match[str], unit: Unit) -> Meant:
    whole, part = match["whole"].replace(",", ""), match["part"] or ""
    scale = _SCALES[match["scale"].lower()] - (2 if unit == "share" else 0)
    with localcontext() as context:
        context.prec = 40
        value = Decimal(f"{whole}.{part or 0}").scaleb(scale)
        last = Decimal(1).scaleb(scale - len(part))
        if unit == "pounds" and not part and not match["scale"] and int(whole):
            last = Decimal(1).scaleb(len(whole) - len(whole.rstrip("0")))
        found = _worded((match["word"] or "").lower(), value, last)
    return -found if match["sign"] in {"-", "\N{MINUS SIGN}"} else found


def _worded(word: str, value: Decimal, last: Decimal) -> Meant:
    """What the word before a number, whose last digit is worth `last`, makes of it."""
    if word in _ABOUT:
        return Meant(value, value - last, value + last)
    if word in _JUST_UNDER:
        return Meant(value, value - last / 4, value, below=True)
    if word in _JUST_OVER:
        return Meant(value, value, value + last / 4, above=True)
    if word in _OVER:
        return Meant(value, value, _INFINITE, above=word != "at least")
    if word in _UNDER:
        return Meant(value, -_INFINITE, value, below=word not in {"at most", "up to"})
    return Meant(value, value - last / 2, value + last / 2)
