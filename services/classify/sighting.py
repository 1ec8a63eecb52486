"""Suppliers as payments and agreements show them: what must be decoded, and what comes of it."""

from collections.abc import Callable, Collection, Iterable

from aiokafka import ConsumerRecord

from services.classify.pounds.paid import read_payment
from services.classify.supplier import Supplier
from shared.errors import Rejected
from shared.events import AgreementEnded, AgreementRegistered, AgreementVaried
from shared.identity import partition_key
from shared.inbox import Reject
from shared.read_facts import Types, by_type, read_fact

_AGREEMENTS: Types[AgreementRegistered | AgreementVaried | AgreementEnded] = by_type(
    AgreementRegistered, AgreementVaried, AgreementEnded
)


def sight_payment(record: ConsumerRecord) -> tuple[Supplier, ...]:
    """The supplier that a payment or its correction names; Rejected where it can't be read."""
    payment = read_payment(record)
    return (
        Supplier(
            str(payment.supplier_id),
            payment.payee,
            payment.charity_number,
            payment.company_number,
            payment.postcode,
        ),
    )


def sight_agreement(record: ConsumerRecord) -> tuple[Supplier, ...]:
    """The supplier that an agreement is with and those who deliver under it; its end names none."""
    agreement = read_fact(_AGREEMENTS, record)
    if isinstance(agreement, AgreementEnded):
        return ()
    provider = Supplier(
        str(agreement.supplier_id),
        agreement.provider,
        agreement.charity_number,
        agreement.company_number,
    )
    members = (
        Supplier(str(one.supplier_id), one.name, one.charity_number, one.company_number)
        for one in agreement.members
    )
    return (provider, *members)


def sight_payments(
    records: Iterable[ConsumerRecord], known: Collection[bytes]
) -> tuple[list[Supplier], list[Reject]]:
    """Suppliers of payments whose record key is not known, as first seen, and what can't be read.

    The key of a payment's record is its supplier's, so one readable payment of each is enough.
    """
    unknown = [record for record in records if record.key not in known]
    return _sight(unknown, sight_payment, once_for_each_key=True)


def sight_agreements(records: Iterable[ConsumerRecord]) -> tuple[list[Supplier], list[Reject]]:
    """Suppliers of agreements, as first seen, and the records that can't be read."""
    return _sight(records, sight_agreement, once_for_each_key=False)


def _sight(
    records: Iterable[ConsumerRecord],
    sight: Callable[[ConsumerRecord], tuple[Supplier, ...]],
    *,
    once_for_each_key: bool,
) -> tuple[list[Supplier], list[Reject]]:
    suppliers: dict[str, Supplier] = {}
    seen: set[bytes] = set()
    rejects = []
    for record in records:
        if once_for_each_key and record.key in seen:
            continue
        try:
            sighted = sight(record)
        except Rejected as error:
            rejects.append(Reject.of_record(record, error))
            continue
        for supplier in sighted:
            suppliers.setdefault(supplier.supplier_id, supplier)
            # A key that is not the supplier's own says nothing of the records that share it.
            if record.key == partition_key(supplier.supplier_id):
                seen.add(record.key)
    return list(suppliers.values()), rejects
