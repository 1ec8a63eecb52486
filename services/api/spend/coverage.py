"""How much of a figure is known: never a bare number.

A payment is `matched` where its supplier is surely an organisation (tier auto), in `review` where a
person must settle it, `unmatched` where no organisation was found, `redacted` where the ledger
itself withholds the payee, `awaiting` where the supplier is not classified yet. Shares of pounds
are of gross pounds (credits counted as positive), so that they lie between 0 and 1 and add up to 1
whatever is credited; they are null where there is nothing to share. What is outside reach, since
the agreement is that others pass it on, may be of any of these classes.

What counts under a definition is no part of `matched`: a supplier in `review` counts where every
organisation that it may be does. How much of a figure does so, each definition says (`unsettled`).
"""

from collections.abc import Mapping
from typing import TypedDict

CLASSES = ("matched", "review", "unmatched", "redacted", "awaiting")

Shares = dict[str, float | None]
_NO_SHARES: Shares = dict.fromkeys(CLASSES)
_NO_PART: Shares = dict.fromkeys(CLASSES, 0.0)


class Coverage(TypedDict):
    """Shares by class, of gross pounds and of lines."""

    pounds: Shares
    lines: Shares


def coverage(gross_pence: Mapping[str, int], lines: Mapping[str, int]) -> Coverage:
    """The shares of each class; a class that is not given has none."""
    return {"pounds": _shares(gross_pence), "lines": _shares(lines)}


def _shares(amounts: Mapping[str, int]) -> Shares:
    total = sum(amounts.values())
    if total <= 0:
        return _NO_SHARES.copy()
    shares = _NO_PART.copy()
    for name, part in amounts.items():
        if part:
            shares[name] = round(part / total, 6)
    return shares


def share(part: int, whole: int) -> float | None:
    """A part of a net sum; null where the sum is not positive and a share would mislead."""
    if whole <= 0:
        return None
    return round(part / whole, 6) if part else 0.0
