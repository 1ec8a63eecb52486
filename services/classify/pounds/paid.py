"""What a fact of payments.v1 adds to what a supplier was paid."""

from collections.abc import Hashable, Iterator
from datetime import date
from typing import NamedTuple

from aiokafka import ConsumerRecord

from shared.events import PaymentAccepted, PaymentCorrected, ReplacedPayment
from shared.identity import partition_key
from shared.read_facts import Types, by_type, read_fact

PaymentFact = PaymentAccepted | PaymentCorrected

_FACTS: Types[PaymentFact] = by_type(PaymentAccepted, PaymentCorrected)


class Paid(NamedTuple):
    """One line of a buyer to a supplier; `lines` is -1, and the pence negated, to take it back."""

    supplier_id: str
    buyer: str
    payment_date: date
    lines: int
    pence: int


def read_payment(record: ConsumerRecord) -> PaymentFact:
    """The fact of a record. Rejected where it can't be read, UpgradeNeeded at another type."""
    return read_fact(_FACTS, record)


def paid_by(fact: PaymentFact, key: bytes | None) -> Iterator[Paid]:
    """What a fact adds for the supplier of its record's key.

    A correction takes back what counted before and adds what counts now, each under the key of the
    supplier concerned, so that the facts of a payment add up to its last in whatever order.
    """
    if isinstance(fact, PaymentAccepted):
        yield _line(fact, fact.buyer, 1)
        return
    if fact.replaced is not None and partition_key(str(fact.replaced.supplier_id)) == key:
        yield _line(fact.replaced, fact.buyer, -1)
    if not fact.withdrawn and partition_key(str(fact.supplier_id)) == key:
        yield _line(fact, fact.buyer, 1)


def _line(said: PaymentFact | ReplacedPayment, buyer: str, lines: int) -> Paid:
    pence = lines * said.amount_pence
    return Paid(str(said.supplier_id), buyer, said.payment_date, lines, pence)


def name_of(fact: PaymentFact, key: bytes | None) -> Hashable:
    """Tells facts apart: one that was published twice has one name."""
    if isinstance(fact, PaymentAccepted):
        return fact.payment_id.int
    return fact.payment_id.int, fact.revision, key
