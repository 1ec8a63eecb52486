"""Decide of which agreements people are told that they are paid after their end."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.after_end.alarm import alarm, alarmed_by
from services.notify.after_end.payments import paid_after_end
from services.notify.planning.agreement import History
from services.notify.planning.obligation import Obligation
from services.notify.planning.plan import Plans
from services.notify.queries.agreements import agreements_with
from services.notify.queries.alarms import Kept, known_of_others, last_alarms, save_alarms
from services.notify.queries.watches import late_payments


async def alarms_of(
    tx: AsyncConnection, histories: Sequence[History], plans: Plans, today: date
) -> dict[str, list[Obligation]]:
    """The alarms that hold for agreements whose rows are locked, by id; most have none.

    Writes what was decided, in the caller's transaction.
    """
    ids = [one.agreement_id for one in histories]
    before = await last_alarms(tx, ids)
    late = await late_payments(tx, ids)
    found: dict[str, list[Obligation]] = defaultdict(list)
    if not late and not before:
        return found
    # Before the others are read: what changes of them after that is another number, and seen.
    known = await known_of_others(tx, list(late))
    suppliers = {supplier for one in late.values() for supplier in one.suppliers}
    by_party: dict[tuple[str, str], list[History]] = defaultdict(list)
    for other in await agreements_with(tx, suppliers):
        for supplier in {one.supplier_id for one in other.terms}:
            by_party[other.buyer, supplier].append(other)
    kept = []
    for history in histories:
        key, asked = history.agreement_id, plans.of(history.buyer).payments_after_end
        if key not in late or asked is None:
            continue
        agreement = history.on(today)
        of_it = late[key]
        others = [
            one
            for supplier in of_it.suppliers
            for one in by_party[history.buyer, supplier]
            if one.agreement_id != key
        ]
        paid = paid_after_end(history, others, of_it.suppliers, of_it.payments, asked.grace, today)
        alarmed = before.get(key)
        if of_it.whole:
            alarmed = alarmed_by(paid, alarmed, asked, today)
        if alarmed and paid and agreement.last_day:
            found[key].append(alarm(agreement, agreement.last_day, alarmed, paid, asked))
            kept.append(Kept(key, alarmed, known[key]))
    await save_alarms(tx, kept, [key for key in before if key not in found])
    return found
