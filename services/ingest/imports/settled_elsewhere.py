"""Rows that were taken back count again where a reject of another file was corrected to them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.arrivals.batch import Batch
from services.ingest.imports.tally import Count, count_payments
from services.ingest.payments.payment import Payment
from services.ingest.payments.post_payments import record_payments
from services.ingest.payments.restate import stating
from services.ingest.queries.buyers import find_buyers
from services.ingest.queries.imports import newest_imports
from services.ingest.queries.reject_corrections import find_settled_as
from services.ingest.queries.revisions import find_payments_named
from services.ingest.rejects.reject_origin import row_origin
from shared.errors import Rejected
from shared.inbox import Reject


async def settled_elsewhere(
    tx: AsyncConnection, file_id: str, payment_ids: Collection[str], now: datetime
) -> tuple[Count, Count]:
    """Record those of these payments that a reject of another file than this was settled as.

    How many stand again, and how many are new. The reject stays settled, so its file states them
    as long as one of its imports holds.
    """
    settled = await find_settled_as(tx, payment_ids)
    places = {each.payment_id: row_origin(each.origin) for each in settled}
    runs = await newest_imports(tx, {each.file_id for each in places.values() if each is not None})
    said = await find_payments_named(tx, list(places))
    by_file: dict[str, list[Payment]] = {}
    for payment_id, place in places.items():
        if place is None or place.file_id == file_id or place.file_id not in runs:
            continue
        payment = said[payment_id]._replace(
            payment_id=payment_id,
            source=f"/files/{place.file_id}",
            source_id=place.place,
            recorded_at=now,
        )
        by_file.setdefault(place.file_id, []).append(payment)
    buyers = await find_buyers(tx)
    restated, new = Count(), Count()
    for other, payments in sorted(by_file.items()):
        batch: Batch[Payment] = Batch(payments, [], _never)
        posted = await record_payments(tx, batch, buyers, now, of_file=stating(runs[other]))
        restated += count_payments(posted.restated)
        new += count_payments(posted.accepted)
    return restated, new


def _never(_: int, error: Rejected) -> Reject:
    raise error
