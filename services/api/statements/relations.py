"""How the figures of a statement hang together: what is a sum, a share or a difference of what."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Literal, NamedTuple

from services.api.statements.printed import Meant

Kind = Literal["sum", "share", "difference", "change-share"]
_NAMED = 2
_NOTHING = Decimal(0)


class Relation(NamedTuple):
    """A figure that follows from others, by their keys.

    - sum: of all; share: the first as a part of the second; difference: the first less the second.
    - change-share: the first is a change, the second the total after it; as a share of the total
      before it.
    """

    result: str
    kind: Kind
    of: tuple[str, ...]


def work_out(relation: Relation, known: Mapping[str, Meant]) -> Meant | None:
    """What follows, from what the others mean.

    None where one of them is not known, is open at an end, or is a whole that may be 0 or less.
    """
    if not all(key in known and known[key].width.is_finite() for key in relation.of):
        return None
    operands = [known[key] for key in relation.of]
    if relation.kind == "sum":
        values, lows, highs = zip(*(operand[:3] for operand in operands), strict=True)
        return Meant(sum(values, _NOTHING), sum(lows, _NOTHING), sum(highs, _NOTHING))
    first, second = operands
    if relation.kind == "difference":
        return Meant(first.value - second.value, first.low - second.high, first.high - second.low)
    wholes = [second.value, second.low, second.high]
    if relation.kind == "change-share":
        wholes = [total - change for total, change in _corners(second, first)]
    if min(wholes) <= 0:
        return None
    return _of_corners(relation.kind, first, second)


def _corners(one: Meant, other: Meant) -> list[tuple[Decimal, Decimal]]:
    """Both as printed, then their ends: what is monotonic in each is least and greatest there."""
    return [
        (one.value, other.value),
        *product((one.low, one.high), (other.low, other.high)),
    ]


def _of_corners(kind: Kind, first: Meant, second: Meant) -> Meant:
    nominal, *ends = [
        part / (whole - part if kind == "change-share" else whole)
        for part, whole in _corners(first, second)
    ]
    return Meant(nominal, min(ends), max(ends))


def in_words(kind: Kind, names: Sequence[str]) -> str:
    """What is worked out of which figures, in words that go before "as printed"."""
    if kind == "share":
        return f"{names[0]} as a share of {names[1]}"
    if kind == "difference":
        return f"{names[0]} less {names[1]}"
    listed = " and ".join(names) if len(names) <= _NAMED else f"{len(names)} figures"
    if kind == "sum":
        return f"the sum of {listed}"
    return f"the change as a share of the total before it, by {listed}"
