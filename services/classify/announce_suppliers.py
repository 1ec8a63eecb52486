"""The event that says what is known of a supplier."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.classify.queries.suppliers import ClassifiedSupplier
from shared.events import SupplierClassified
from shared.identity import identify, partition_key
from shared.outbox import Outgoing, enqueue
from shared.topics import SUPPLIERS

_SOURCE = "/classify"


async def announce_suppliers(
    tx: AsyncConnection, classified: Sequence[ClassifiedSupplier], now: datetime
) -> None:
    """Leave `supplier.classified.v1` for each of them in the outbox of this transaction."""
    await enqueue(
        tx, SUPPLIERS, SupplierClassified.TYPE, _SOURCE, [_outgoing(c) for c in classified], now
    )


def _outgoing(classified: ClassifiedSupplier) -> Outgoing:
    supplier_id = classified.supplier.supplier_id
    event = SupplierClassified.model_validate(
        {
            "supplier_id": supplier_id,
            "revision": classified.revision,
            "payee": classified.supplier.payee,
            "recorded_at": classified.recorded_at,
            **classified.classification._asdict(),
        },
        strict=False,
    )
    return Outgoing(
        partition_key(supplier_id),
        identify("supplier.classified", supplier_id, str(classified.revision)),
        event.model_dump_json().encode(),
    )
