"""SQL of what a file changes of earlier ones, from the pairs that `comparison` left in its session.

In the temporary table `changes`: `corrected`, `reworded`, `gone`, `restored` and `restated`
payments, rows that are `new`, `known`, or stated `again`.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.payments.correction import TAKEN_BACK
from services.ingest.payments.payment import DESCRIBING, Payment
from services.ingest.queries.comparison import BATCH, GONE, NEW, SAME
from services.ingest.queries.revisions import HOLDS
from shared.database import raw_connection

_FOLDED = r"regexp_replace(upper({}), '^0+|\.0+$|\s+', '', 'g')"
"""As `wording` does, for what names no payment."""
_DIFFERS = " or ".join(
    f"edition.{name} is not null and {_FOLDED.format(f'edition.{name}')} "
    f"is distinct from {_FOLDED.format(f'standing.{name}')}"
    for name in DESCRIBING
)


async def plan_changes(
    connection: AsyncConnection, families: Sequence[int], restorable: Sequence[str]
) -> None:
    """Keep in `changes` what the edition changes of these families, and what it restores.

    `restorable` is why a payment may have been withdrawn that is stated again; what was taken back
    is `restated` by the import of its row. What the ledger
    knew once as another line that stands otherwise now is stated `again`, as a payment of its own.
    """
    raw = await raw_connection(connection)
    await raw.execute(
        f"""
        create temporary table changes as
        select standing.payment_id, pairs.row_id, revision, rule, case
            when why = '{TAKEN_BACK}' and withdrawn then 'restated'
            when withdrawn then 'restored' when rule >= 0 then 'corrected'
            when rule = {SAME} then 'reworded' else 'gone' end as what
        from standing left join families on number = family
        left join pairs on pairs.payment_id = standing.payment_id and pairs.certain
        left join edition on edition.payment_id = pairs.row_id
        where withdrawn and rule = {SAME} and (why = any($2) or why = '{TAKEN_BACK}')
            or family = any($1) and not withdrawn and (
                rule >= 0 or {GONE} or rule = {SAME} and why <> 'officer' and ({_DIFFERS}))
        """,  # noqa: S608 - our own conditions
        families,
        restorable,
    )
    await raw.execute(
        f"""
        insert into changes
        select null, edition.payment_id, 0, null, case
            when known.family = any($1) then 'again'
            when known.payment_id is not null then 'known' else 'new' end
        from edition left join lateral (
            select standing.payment_id, standing.family from standing
            where standing.payment_id = edition.payment_id
            union all select standing.payment_id, standing.family
            from payment_revisions as revised join standing using (payment_id)
            where revised.row_id = edition.payment_id and {HOLDS}
            limit 1
        ) as known on true
        where {NEW}
        """,  # noqa: S608 - our own conditions
        families,
    )
    await raw.execute("create index on changes (what, payment_id)")
    await raw.execute("analyze changes")


async def count_months(connection: AsyncConnection, families: Sequence[int]) -> list[Any]:
    """Rows and pence by what becomes of them, the rule and the month: what, rule, month, ...

    `stands` is what stands of these families now; `before` and `after` are of corrected lines.
    """
    rows: list[Any] = await (await raw_connection(connection)).fetch(
        """
        with lines as (
            select 'stands' as what, null::int as rule, payment_date, amount_pence from standing
            where family = any($1) and not withdrawn
            union all
            select case what when 'corrected' then 'before' else what end, rule,
                standing.payment_date, standing.amount_pence
            from changes join standing using (payment_id)
            union all
            select case what when 'corrected' then 'after' else what end, rule,
                edition.payment_date, edition.amount_pence
            from changes join edition on edition.payment_id = changes.row_id
            where what in ('corrected', 'again', 'new')
        )
        select what, rule, to_char(payment_date, 'YYYY-MM') as month, count(*) as rows,
            sum(amount_pence)::bigint as pence
        from lines group by 1, 2, 3 order by 1, 2, 3
        """,
        families,
    )
    return rows


class Changed(NamedTuple):
    """A payment that changes: as which revision it was looked at, what becomes of it, the row."""

    payment_id: str
    revision: int
    what: str
    row: Payment | None


_ROW = ", ".join(
    f"edition.{name}::text" if name in {"payment_id", "supplier_id"} else f"edition.{name}"
    for name in Payment._fields
)


async def read_changes(
    connection: AsyncConnection, what: Sequence[str]
) -> AsyncIterator[list[Changed]]:
    """The changes of these kinds, in batches, in the order of payments and rows.

    In the caller's transaction.
    """
    raw = await raw_connection(connection)
    cursor = await raw.cursor(
        f"""
        select coalesce(changes.payment_id, changes.row_id)::text, revision, what, {_ROW}
        from changes left join edition on edition.payment_id = changes.row_id
        where what = any($1) order by 1
        """,  # noqa: S608 - our own column names
        what,
    )
    while rows := await cursor.fetch(BATCH):
        yield [
            Changed(row[0], row[1], row[2], None if row[3] is None else Payment(*row[3:]))
            for row in rows
        ]
