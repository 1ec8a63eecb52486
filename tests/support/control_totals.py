"""Control totals: lines and pence by buyer and month, at each stage of the flow."""

from collections import defaultdict
from collections.abc import Iterable

import asyncpg

from tests.support.postings import Posting

Totals = dict[tuple[str, str], tuple[int, int]]
"""(buyer, month as 2024-04) to (lines, pence)."""

_LEDGER = """
    select buyer, to_char(payment_date, 'YYYY-MM') as month, count(*) as lines,
           sum(amount_pence)::bigint as pence
    from ingest.payments group by 1, 2
"""
_READ_MODEL = """
    select buyer, to_char(month, 'YYYY-MM') as month, sum(lines)::bigint as lines,
           sum(pence)::bigint as pence
    from api.spend group by 1, 2
"""
_READ_MODEL_PAYMENTS = _LEDGER.replace("ingest.", "api.")
_CLASSIFIED = """
    select buyer, to_char(payment_date, 'YYYY-MM') as month, count(*) as lines,
           sum(amount_pence)::bigint as pence
    from api.payments
    join api.suppliers using (supplier_id) join classify.suppliers using (supplier_id)
    group by 1, 2
"""


_COUNTED = """
    select p.supplier_id, p.buyer, count(*) as lines, sum(amount_pence)::bigint as pence,
           max(c.lines) as counted_lines, max(c.pence) as counted_pence
    from ingest.payments p left join classify.pounds c using (supplier_id, buyer) group by 1, 2
    having (count(*), sum(amount_pence)) is distinct from (max(c.lines), max(c.pence))
"""


def sent_totals(postings: Iterable[Posting]) -> Totals:
    """What a finance system sent."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for posting in postings:
        total = sums[posting.buyer, posting.month]
        total[0] += 1
        total[1] += posting.pence
    return {key: (lines, pence) for key, (lines, pence) in sums.items()}


async def _totals(database: asyncpg.Connection, query: str) -> Totals:
    rows = await database.fetch(query)
    return {(row["buyer"], row["month"]): (row["lines"], row["pence"]) for row in rows}


async def ledger_totals(database: asyncpg.Connection) -> Totals:
    """What the ledger accepted."""
    return await _totals(database, _LEDGER)


async def projected_totals(database: asyncpg.Connection) -> Totals:
    """What the roll-up of the read model sums."""
    return await _totals(database, _READ_MODEL)


async def projected_payments(database: asyncpg.Connection) -> Totals:
    """What the payments of the read model sum up to."""
    return await _totals(database, _READ_MODEL_PAYMENTS)


async def classified_totals(database: asyncpg.Connection) -> Totals:
    """What the payments whose supplier is classified, here and in the read model, sum up to."""
    return await _totals(database, _CLASSIFIED)


async def wrongly_counted(database: asyncpg.Connection) -> list[dict[str, object]]:
    """Suppliers and buyers whose sums in `classify` are not those of the ledger."""
    return [dict(row) for row in await database.fetch(_COUNTED)]
