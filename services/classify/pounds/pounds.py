"""What suppliers were paid, by buyer, added up from the records of payments.v1: each payment once.

A record may come again in two ways. Kafka delivers it again: its offset was counted before. Or the
relay published it again after a crash: it has a new offset and its old sequence (shared/outbox.py).
The relay takes up at most the last sixteen rows of the outbox again, in their order, so that of the
last rows of each partition the highest place that was counted tells what is new.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from aiokafka import ConsumerRecord

from services.classify.pounds.paid import PaymentFact, paid_by, read_payment
from shared.errors import Rejected
from shared.events import PaymentAccepted
from shared.identity import partition_key
from shared.inbox import Reject
from shared.outbox import MOST_IN_ROW, SEQUENCE

ROWS_KEPT = 256
"""Rows of the outbox whose places are kept for each partition; the relay repeats 16 at most."""

_NAMES_START = len('{"payment_id":"00000000-0000-0000-0000-000000000000"')
_NAMES = re.compile(rb',"buyer":"([A-Za-z0-9./_-]+)","supplier_id":"([0-9a-f-]{36})",')
_PAYEE = b'"payee":'
_AMOUNT = b'"amount_pence":'
_ACCEPTED = ("ce_type", PaymentAccepted.TYPE.encode())
Sums = dict[tuple[str, str], list[int]]
"""Lines and pence, by supplier and buyer."""


@dataclass
class Counted:
    """How far a partition was counted: the next offset, and the last outbox rows with the highest
    place of each that was counted, oldest first.
    """

    next_offset: int = 0
    places: dict[int, int] = field(default_factory=dict)
    _last: int = 0
    _end: int = 0

    def is_new(self, record: ConsumerRecord) -> bool:
        """Whether a record was not counted before; it is counted from here on."""
        if record.offset < self.next_offset:
            return False
        self.next_offset = record.offset + 1
        headers = record.headers
        if not headers or headers[-1][0] != SEQUENCE:
            return True
        sequence = int(headers[-1][1])
        if self._last < sequence < self._end:  # further on in the same row, as nearly always
            self._last = sequence
            return True
        self._note()
        row, place = divmod(sequence, MOST_IN_ROW)
        highest = self.places.get(row, -1)
        self._last = row * MOST_IN_ROW + max(place, highest)
        self._end = (row + 1) * MOST_IN_ROW
        return place > highest

    def _note(self) -> None:
        if self._end:
            row, place = divmod(self._last, MOST_IN_ROW)
            self.places[row] = place

    def last_places(self) -> dict[int, int]:
        """What must be kept to know a repeated row."""
        self._note()
        return dict(list(self.places.items())[-ROWS_KEPT:])


class Addition(NamedTuple):
    """What a batch adds to the sums, and the records that can't be read."""

    sums: Sums
    rejects: list[Reject]


def add_up(records: Iterable[ConsumerRecord], counted: Mapping[int, Counted]) -> Addition:
    """Add up the payments that are new; `counted`, by partition, goes on to where they end.

    Our own writer's records are cut where it puts buyer, supplier and amount: in a string of valid
    JSON no quote stands unescaped, so that the marks are found nowhere else. Whatever is not cut
    so, corrections too, is read by the model. `python -m tests.bench.counting` tells what it costs.
    """
    known: dict[bytes, list[int] | None] = {}
    sums: Sums = {}
    rejects: list[Reject] = []
    for record in records:
        if not counted[record.partition].is_new(record):
            continue
        sum_: list[int] | None = None
        try:
            content = record.value
            amount = content.index(_AMOUNT, _NAMES_START)
            names = content[_NAMES_START : content.index(_PAYEE, _NAMES_START)]
            pence = int(content[amount + len(_AMOUNT) : content.index(b",", amount)])
            if record.headers[1] == _ACCEPTED:
                sum_ = known[names]
        except KeyError:
            sum_ = known[names] = _sum_of(sums, names, record.key)
        except (ValueError, LookupError, TypeError, AttributeError):
            pass
        if sum_ is not None:
            sum_[0] += 1
            sum_[1] += pence
            continue
        try:
            add_fact(sums, read_payment(record), record.key)
        except Rejected as error:
            rejects.append(Reject.of_record(record, error))
    return Addition(sums, rejects)


def add_fact(sums: Sums, fact: PaymentFact, key: bytes | None) -> None:
    """Add what a fact says under this key, or take it back."""
    for paid in paid_by(fact, key):
        sum_ = sums.setdefault((paid.supplier_id, paid.buyer), [0, 0])
        sum_[0] += paid.lines
        sum_[1] += paid.pence


def _sum_of(sums: Sums, names: bytes, key: bytes) -> list[int] | None:
    """The sum to which a record with these names adds, None where they are not as expected."""
    found = _NAMES.fullmatch(names)
    if found is None or partition_key(supplier := found[2].decode()) != key:
        return None
    return sums.setdefault((supplier, found[1].decode()), [0, 0])
