"""Records of our own topics as facts, for every service that reads one.

What can't be read is a reject, kept and passed by. A type that is not known is none: a newer writer
sent a fact that the next version of the reader knows, and passed by it would be lost. So the batch
fails, the offset does not move, and the service waits for its upgrade.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from aiokafka import ConsumerRecord

from shared.envelope import Headers, read_published, type_of
from shared.errors import Rejected, UpgradeNeeded
from shared.events import Fact
from shared.inbox import Reject

FactT = TypeVar("FactT", bound=Fact)
Types = Mapping[bytes | None, type[FactT]]
"""Facts by their CloudEvents type, as it stands in a header."""

_OF_1_0 = ("ce_specversion", b"1.0")


def by_type(*facts: type[FactT]) -> Types[FactT]:
    """The facts that a topic carries, by their type."""
    return {fact.TYPE.encode(): fact for fact in facts}


def read_facts(
    types: Types[FactT], records: Sequence[ConsumerRecord]
) -> tuple[list[FactT], list[ConsumerRecord], list[Reject]]:
    """The facts of a batch, the records that they were read from, and what can't be read.

    Tombstones say nothing. UpgradeNeeded at a type that is not known.
    """
    facts: list[FactT] = []
    usable: list[ConsumerRecord] = []
    rejects: list[Reject] = []
    for record in records:
        if record.value is None:
            continue
        try:
            facts.append(read_fact(types, record))
        except Rejected as error:
            rejects.append(Reject.of_record(record, error))
        else:
            usable.append(record)
    return facts, usable, rejects


def read_fact(types: Types[FactT], record: ConsumerRecord) -> FactT:
    """The fact of one record; Rejected where it can't be read, UpgradeNeeded at an unknown type."""
    fact = types.get(_type_of(record.headers))
    if fact is None:
        raise UpgradeNeeded(
            f"{type_of(dict(record.headers))} at partition {record.partition}, offset "
            f"{record.offset} is a type that this version of the service does not know: upgrade "
            "it, nothing is passed by until then"
        )
    return read_published(fact, record.value or b"")


def _type_of(headers: Headers) -> bytes | None:
    """The type that stands in the headers of a CloudEvent 1.0; our own writers put it in front."""
    if len(headers) > 1 and headers[0] == _OF_1_0 and headers[1][0] == "ce_type":
        return headers[1][1]
    version = kind = None
    for name, value in headers:
        if name == "ce_type":
            kind = value
        elif name == "ce_specversion":
            version = value
        if kind and version:
            break
    return kind if version == b"1.0" else None
