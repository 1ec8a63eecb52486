"""A rule of the quality report as declared data, and what it found."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

Filters = Mapping[str, str | Sequence[str]]
"""Query parameters of `GET /v1/payments`, beside the buyer."""


@dataclasses.dataclass(frozen=True)
class Rule:
    """What a rule looks for, from which thresholds on, and why from those.

    Pounds of thresholds are in pence here and are named so.
    """

    name: str
    says: str
    thresholds: Mapping[str, float]
    why: str


class Sum(NamedTuple):
    """Lines with their net and gross pence; credits count as positive in the gross."""

    lines: int = 0
    pence: int = 0
    gross_pence: int = 0


def add(*sums: Sum) -> Sum:
    """The sum of sums."""
    return Sum(*map(sum, zip(*sums, strict=True))) if sums else Sum()


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something to look at: what was measured, what of, and how many lines and pounds it is of.

    `rows` are the filters by which `/v1/payments` shows the payments behind it, beside the first
    and the last day; None where there are none to show, or where those of each supplier are the
    ones. `says` names no payee: who may see one is decided at the door.
    """

    rule: str
    since: date
    until: date
    sum: Sum
    measure: float
    says: str
    usual: float | None = None
    field: str | None = None
    unit: str | None = None
    reference: str | None = None
    suppliers: tuple[str, ...] = ()
    rows: Filters | None = dataclasses.field(default_factory=dict)


def largest(findings: Iterable[Finding]) -> list[Finding]:
    """The findings of one rule, those of the most pounds first."""
    return sorted(
        findings,
        key=lambda each: (
            -each.sum.gross_pence,
            -each.until.toordinal(),
            each.suppliers,
            each.says,
        ),
    )
