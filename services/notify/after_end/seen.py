"""What a record of payments.v1 says of a payment, of as much as the alarm goes by."""

from datetime import date
from uuid import UUID

from aiokafka import ConsumerRecord

from shared.events import Fact
from shared.read_facts import Types, read_fact


class PaymentSeen(Fact):
    """A payment as it stands since a revision of it, or no longer does.

    It is read from `payment.accepted.v1`, which is revision 0, and from `payment.corrected.v1`,
    which says a payment anew, whole, to the supplier that had it and to the one that has it now.
    """

    payment_id: UUID
    revision: int = 0
    buyer: str
    supplier_id: UUID
    payment_date: date
    amount_pence: int
    withdrawn: bool = False


_TYPES: Types[PaymentSeen] = {
    b"payment.accepted.v1": PaymentSeen,
    b"payment.corrected.v1": PaymentSeen,
}


def payment_seen(record: ConsumerRecord) -> PaymentSeen:
    """The payment of a record; Rejected where it can't be read, UpgradeNeeded at another type."""
    return read_fact(_TYPES, record)
