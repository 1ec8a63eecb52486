"""What arrived together: what can be used, what can't, one bad record never harming another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.ingest.arrivals.withheld import without_persons
from shared.errors import Rejected
from shared.inbox import Reject

SentT = TypeVar("SentT")
FactT = TypeVar("FactT")

_LONGEST_REASON = 500
_LONGEST_FIELD = 200


@dataclass(frozen=True)
class Batch(Generic[FactT]):
    """Usable facts in the order in which they were sent, and the rejects among them.

    `refuse(position, error)` makes the reject of a fact that turns out not to be usable.
    """

    facts: Sequence[FactT]
    rejects: Sequence[Reject]
    refuse: Callable[[int, Rejected], Reject]


def read_batch(
    sent: Sequence[SentT],
    read: Callable[[SentT], FactT],
    refuse: Callable[[SentT, Rejected], Reject],
) -> Batch[FactT]:
    """Read each of `sent`; what `read` raises Rejected for is refused, the rest goes on."""

    def _refused(one: SentT, error: Rejected) -> Reject:
        return without_persons(refuse(one, storable(error)))

    facts: list[FactT] = []
    usable: list[SentT] = []
    rejects: list[Reject] = []
    for one in sent:
        try:
            facts.append(read(one))
        except Rejected as error:
            rejects.append(_refused(one, error))
        else:
            usable.append(one)
    return Batch(facts, rejects, lambda position, error: _refused(usable[position], error))


def storable(error: Rejected) -> Rejected:
    """The same error in text that PostgreSQL keeps: field names are as untrusted as the rest."""
    return Rejected(
        _shown(error.reason, _LONGEST_REASON), _shown(error.field, _LONGEST_FIELD), error.row
    )


def _shown(text: str, most: int) -> str:
    shown = text.replace("\x00", "\\0").encode(errors="backslashreplace").decode()
    return shown if len(shown) <= most else f"{shown[: most - 3]}..."


def check_size(content: bytes, most: int, what: str) -> None:
    """Rejected when the content of one record is larger than its kind may be."""
    if len(content) > most:
        raise Rejected(f"{what} may have {most:,} bytes at most; this has {len(content):,}")
