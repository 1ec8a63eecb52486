"""What is agreed with each supplier, month by month, worked out anew when it may have changed.

An agreement names one supplier, and counts for every supplier that is the same organisation. So an
agreement and a classification may each change it, in transactions that do not see the other's: the
second to pass `change_kinds` sees what the first committed.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import itemgetter

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.agreements.agreed import InForce, agreed_months
from services.api.asked.periods import Span
from services.api.projections.kinds import restate_kinds
from shared.database import driver

_NAMED = (
    "select distinct supplier_id::text from agreement_versions where agreement_id = any($1::uuid[])"
)
# The suppliers that are the same organisations, by the party that they are.
_PARTIES = """
    select supplier_id::text, coalesce(organisation, supplier_id::text) as party from suppliers
    where supplier_id = any($1::uuid[]) or organisation in (
        select organisation from suppliers where supplier_id = any($1::uuid[])
        union all select unnest($2::text[]))
"""
_WERE = "select distinct supplier_id::text from agreed where supplier_id = any($1::uuid[])"
_FORGET = "delete from agreed where supplier_id = any($1::uuid[])"
_IN_FORCE = """
    with named as (
        select distinct agreement_id from agreement_versions where supplier_id = any($1::uuid[])
    ), terms as (
        select distinct on (v.agreement_id, v.effective_on) v.*, a.buyer, a.ended_on
        from named join agreement_versions as v using (agreement_id)
        join agreements as a using (agreement_id)
        order by v.agreement_id, v.effective_on, v.version desc
    ), held as (
        select *, lead(effective_on, 1, 'infinity')
            over (partition by agreement_id order by effective_on) as following
        from terms
    )
    select buyer, supplier_id::text, greatest(effective_on, start) as since, case
            when following = 'infinity' then least("end", ended_on, 'infinity')
            else least("end", ended_on, following - 1) end as until,
        route, kind, array(select recurrent from agreement_lines as line
            where line.agreement_id = held.agreement_id and line.version = held.version
            order by position) as recurrent
    from held where supplier_id = any($1::uuid[])
"""
_COLUMNS = ("buyer", "supplier_id", "since", "until", "route", "kind", "recurrence", "passed_on")


async def work_out_of_agreements(tx: AsyncConnection, agreements: Iterable[str]) -> None:
    """Work out what is agreed with everyone whom a version of these agreements names."""
    found = await (await driver(tx)).fetch(_NAMED, sorted(set(agreements)))
    await work_out_agreed(tx, [row["supplier_id"] for row in found])


async def work_out_agreed(
    tx: AsyncConnection, suppliers: Iterable[str], organisations: Iterable[str] = ()
) -> None:
    """Work out what is agreed with suppliers and with all that are the same organisations.

    `organisations` are those that some of them were until now.
    """
    ids = sorted(set(suppliers))
    if not ids:
        return
    connection = await driver(tx)
    parties = {supplier: supplier for supplier in ids}
    parties |= dict(await connection.fetch(_PARTIES, ids, sorted(set(organisations))))
    terms: dict[tuple[str, str], list[InForce]] = {}
    for row in await connection.fetch(_IN_FORCE, sorted(parties)):
        days = Span(row["since"] or date.min, row["until"])
        in_force = InForce(days, row["route"], row["kind"], tuple(row["recurrent"]))
        terms.setdefault((parties[row["supplier_id"]], row["buyer"]), []).append(in_force)
    in_order = sorted(parties.items(), key=itemgetter(1))
    members = {
        party: [supplier for supplier, _ in each]
        for party, each in groupby(in_order, key=itemgetter(1))
    }
    rows = [
        (buyer, supplier, *span)
        for (party, buyer), held in terms.items()
        for span in agreed_months(held)
        for supplier in members[party]
    ]
    were = await connection.fetch(_WERE, sorted(parties))
    changed = {row["supplier_id"] for row in were} | {supplier for _, supplier, *_ in rows}
    if changed:
        await connection.execute(_FORGET, sorted(changed))
        await connection.copy_records_to_table("agreed", records=rows, columns=_COLUMNS)
        await restate_kinds(tx, changed)
