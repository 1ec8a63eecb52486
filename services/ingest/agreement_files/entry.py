"""What one published record says of one agreement, before it is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class BuyerNamed:
    """The buyer as a record names it; neither name nor ids where the file is of one buyer."""

    name: str = ""
    ids: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether the record says whose agreement it is."""
        return bool(self.name or self.ids)


@dataclass(frozen=True)
class Entry:
    """One agreement of a row or a document.

    `said` are terms as they are posted, those only that the record gives; `ongoing` says that there
    is no end. `stated_pence` is the amount as printed, `basis` what it is of: a year or the whole
    term. `remarks` are sentences for the buyer's officer on what was left out and why. `known_on`
    is the day of which the record tells, and `effective_on` that from which a change holds, for the
    given `reason`, where it says so; `ended_on` the day on which the agreement ended early.
    """

    said: Mapping[str, Any]
    buyer: BuyerNamed = field(default_factory=BuyerNamed)
    ongoing: bool = False
    stated_pence: int = 0
    basis: str = ""
    remarks: tuple[str, ...] = ()
    known_on: date | None = None
    effective_on: date | None = None
    reason: str | None = None
    ended_on: date | None = None
    keyed: bool = True
    """Whether the buyer gave a reference; else it was made of title, provider and start."""


ANNUAL, TOTAL = "annual", "total"
