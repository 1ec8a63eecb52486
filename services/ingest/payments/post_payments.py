"""Record payments exactly once, with the events that follow: for Kafka, HTTP and files alike."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest import SOURCE
from services.ingest.arrivals.batch import Batch
from services.ingest.arrivals.dead_letters import enqueue_dead_letters
from services.ingest.buyers.buyer import Buyers
from services.ingest.payments.correction import Cause
from services.ingest.payments.payment import Payment, accepted, clash, difference
from services.ingest.payments.restate import restate_payments
from services.ingest.queries.ledger import insert_payments
from services.ingest.queries.revisions import find_corrected_rows, find_dropped
from shared.database import begin
from shared.events import PaymentAccepted
from shared.identity import partition_key
from shared.inbox import Reject, quarantine
from shared.outbox import Outgoing, enqueue
from shared.topics import PAYMENTS


@dataclass(frozen=True)
class Posted:
    """What became of a batch: every payment of it is in exactly one of the first four lists.

    `restated` were withdrawn when the import that stated them was taken back, and count again.

    `reworded` are those of the already known that say something else in the field named beside
    them; the ledger keeps the first wording. `changed` are those of them to which the import that
    states them changed payments of earlier files.
    """

    accepted: list[Payment]
    already_known: list[Payment]
    rejects: list[Reject]
    restated: list[Payment] = field(default_factory=list)
    reworded: list[tuple[Payment, str]] = field(default_factory=list)
    changed: list[Payment] = field(default_factory=list)

    def used(self) -> list[Payment]:
        """Every payment of the batch but those that were rejected."""
        return [*self.accepted, *self.restated, *self.already_known]


async def post_payments(
    engine: AsyncEngine, batch: Batch[Payment], buyers: Buyers, now: datetime
) -> Posted:
    """Record a batch of payments in one transaction."""
    async with begin(engine) as tx:
        return await record_payments(tx, batch, buyers, now)


async def record_payments(
    tx: AsyncConnection,
    batch: Batch[Payment],
    buyers: Buyers,
    now: datetime,
    *,
    of_file: Cause | None = None,
) -> Posted:
    """Record a batch of payments in the caller's transaction.

    Exactly the rows that were new to the ledger become events. A payment whose id was used before,
    in this batch or ever, is already known when it says the same, and rejected otherwise: its
    sender gave two payments one id. Rows `of_file` are named by their content: the same id is the
    same payment, whatever it says besides, and so is a row to which another payment was corrected;
    one that is withdrawn with an import that was taken back counts again, for that cause.
    """
    first: dict[str, Payment] = {}
    repeats: list[int] = []
    for position, payment in enumerate(batch.facts):
        if first.setdefault(payment.payment_id, payment) is not payment:
            repeats.append(position)
    corrected = await find_corrected_rows(tx, list(first), of_file.import_id) if of_file else {}
    new, before = [each for each in first.values() if each.payment_id not in corrected], first
    known = await insert_payments(tx, new) if new else {}
    dropped = set(await find_dropped(tx, list(known)) if known and of_file else ())
    if known or corrected:
        new = [payment for payment in new if payment.payment_id not in known]
        stored = known | {each: first[each] for each in corrected}
        repeats += [
            position
            for position, payment in enumerate(batch.facts)
            if payment.payment_id in stored
            and payment.payment_id not in dropped
            and first[payment.payment_id] is payment
        ]
        before = first | stored
    posted = Posted(new, [], list(batch.rejects), [first[each] for each in dropped])
    if of_file is not None:
        await restate_payments(tx, posted.restated, of_file, now)
    for position in repeats:
        again = batch.facts[position]
        differing = difference(before[again.payment_id], again, buyers[again.buyer].place)
        if differing is not None and of_file is None:
            posted.rejects.append(batch.refuse(position, clash(differing)))
            continue
        posted.already_known.append(again)
        if differing is not None:
            posted.reworded.append((again, differing))
    posted.changed.extend(first[each] for each, by_it in corrected.items() if by_it)
    kept = await quarantine(tx, posted.rejects, now)
    await enqueue_dead_letters(tx, kept, now)
    events = [
        Outgoing(partition_key(payment.supplier_id), payment.payment_id, accepted(payment))
        for payment in posted.accepted
    ]
    await enqueue(tx, PAYMENTS, PaymentAccepted.TYPE, SOURCE, events, now)
    return posted
