"""Which buyer took over from which: bodies merge, and are asked of as one."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from services.ingest.buyers.buyer import Buyers, find_buyer
from shared.errors import Rejected
from shared.fields import Line

_LINE: TypeAdapter[str] = TypeAdapter(Line)


class Succession(NamedTuple):
    """A body that answers for another from a day on, and the document that says so."""

    predecessor: str
    successor: str
    since: date
    source: str


def check_succession(given: Succession, known: Iterable[Succession], buyers: Buyers) -> Succession:
    """The succession as it is kept.

    Rejected: a buyer that is not known, one that would come after itself, a day on which the
    predecessor was not there yet or the successor was gone, or no source.
    """
    before, after = find_buyer(buyers, given.predecessor), find_buyer(buyers, given.successor)
    if before.since is not None and given.since <= before.since:
        raise Rejected(f"since is not after {before.name} began on {before.since}", "since")
    if after.until is not None and given.since > after.until:
        raise Rejected(f"since is after {after.name} ended on {after.until}", "since")
    reached = {given.successor}
    links = list(known)
    while more := {one.successor for one in links if one.predecessor in reached} - reached:
        reached |= more
    if given.predecessor in reached:
        raise Rejected(f"{before.name} would come after itself", "successor")
    try:
        return given._replace(source=_LINE.validate_python(given.source))
    except ValidationError as error:
        raise Rejected(
            "source is 1 to 200 characters that name the document that says so", "source"
        ) from error
