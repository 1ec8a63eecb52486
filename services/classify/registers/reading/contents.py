"""What a register holds, whole or in parts."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from services.classify.organisation import Company, Link, Name, Organisation
from services.classify.registers.reading.opened import OpenFile


class LeftOut(NamedTuple):
    """A row that its publisher is known to print without what it takes to be used."""

    row: int
    column: str
    reason: str


class Contents(NamedTuple):
    """What one register holds; `as_at` is None where the file does not say to which day it goes.

    `left` are the keys of organisations that left the register on a day that it does not print: at
    the latest on the day to which it goes. `companies` are looked up by number and name only.
    """

    as_at: date | None
    organisations: Sequence[Organisation] = ()
    names: Sequence[Name] = ()
    links: Sequence[Link] = ()
    left_out: Sequence[LeftOut] = ()
    left: frozenset[str] = frozenset()
    companies: Sequence[Company] = ()


ReadParts = Callable[[Path, OpenFile], Iterator[Contents]]
"""Reads a register in parts that memory holds easily; `left` and a day known only at the end are
for registers that come as one part."""


def whole(read: Callable[[Path, OpenFile], Contents]) -> ReadParts:
    """A small register, as the one part of itself."""

    def parts(path: Path, opener: OpenFile) -> Iterator[Contents]:
        yield read(path, opener)

    return parts


def together(parts: Iterator[Contents]) -> Contents:
    """The parts as one; for what must be seen at once."""
    every = list(parts)
    if len(every) == 1:
        return every[0]
    days = [part.as_at for part in every if part.as_at]
    return Contents(
        max(days, default=None),
        [each for part in every for each in part.organisations],
        [each for part in every for each in part.names],
        [each for part in every for each in part.links],
        [each for part in every for each in part.left_out],
        frozenset().union(*(part.left for part in every)),
        [each for part in every for each in part.companies],
    )
