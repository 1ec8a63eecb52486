"""A row as it is published, and what its standard asks for that the data can't give."""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

ContentT = TypeVar("ContentT")


class Gap(NamedTuple):
    """A field, by its standard's own name, that can't be given, and why.

    `left_out`: without it there is no valid row, so none is published.
    """

    field: str
    reason: str
    left_out: bool = False


@dataclass(frozen=True)
class Exported(Generic[ContentT]):
    """One row or record. `of` is the payment or agreement, `pence` what it is about.

    `content` is None where the row is left out; a gap then says why.
    """

    of: str
    pence: int
    content: ContentT | None
    gaps: tuple[Gap, ...] = ()
