"""The ranking of who is paid, brought up to what the spend says of the suppliers that were touched.

A transaction takes some of them off the list of those touched, and works out anew what they and
their parties were paid. It looks at the spend after it has taken them: whatever is projected
meanwhile has written them down again, and stays written down. So whoever reads the ranking and the
spend of those on the list in one statement counts all and counts it once, also when a refresh is
killed. Of all replicas one refreshes at a time.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.api.projections.held_tables import hold_tables
from services.api.queries.party_spend import PARTY_SPEND
from services.api.tables import ANY, EVERY_YEAR
from shared.database import begin, driver
from shared.locks import Lock

AT_ONCE = 1_000
"""Suppliers of one transaction."""
_ALONE = "select pg_try_advisory_xact_lock($1::int, hashtext(current_schema()))"
_WAITING = """
    select coalesce(sum(number), 0), coalesce(sum(number) filter (where not gathered), 0)
    from touched_suppliers
"""
# Those that are one party side by side, so that it is worked out once.
_GATHER = """
    with seen as (
        delete from touched_suppliers where exists (
            select from touched_suppliers where not gathered
        ) returning suppliers
    ), each as (
        select distinct supplier_id from seen, unnest(suppliers) as supplier_id
    ), numbered as (
        select supplier_id,
            (row_number() over (order by organisation, organisation_name, supplier_id) - 1) / $1
                as part
        from each left join suppliers using (supplier_id)
    )
    insert into touched_suppliers (suppliers, number, gathered)
    select array_agg(supplier_id), count(*), true from numbered group by part order by part
"""
_TAKE = """
    delete from touched_suppliers where seq = (
        select min(seq) from touched_suppliers where gathered
    ) returning suppliers::text[]
"""
_BY = "buyer, financial_year, class, passed_on, definitions"
_SUMS = "lines, pence, gross_pence"
_OF_A_ROW = f"supplier_id, {_BY}, listed, organisation, unregistered_name, organisation_name"
_RESTATE = f"""
    with were as (
        delete from party_spend where supplier_id = any($1::uuid[]) returning *
    ), are as (
        insert into party_spend ({_OF_A_ROW}, {_SUMS}) {PARTY_SPEND.format(suppliers="$1::uuid[]")}
        returning *
    ), moved as (
        select {_BY}, {_SUMS} from are
        union all select {_BY}, -lines, -pence, -gross_pence from were
    ), added as (
        insert into party_totals as stored ({_BY}, {_SUMS})
        select {_BY}, sum(lines), sum(pence), sum(gross_pence) from moved
        group by {_BY} having sum(lines) <> 0 or sum(pence) <> 0 or sum(gross_pence) <> 0
        on conflict ({_BY}) do update set lines = stored.lines + excluded.lines,
            pence = stored.pence + excluded.pence,
            gross_pence = stored.gross_pence + excluded.gross_pence
    )
    select organisation, unregistered_name from were where listed
    union select organisation, unregistered_name from are where listed
"""  # noqa: S608 - our own text
_EMPTY = "delete from party_totals where lines = 0"
_PARTIES = "unnest($1::text[], $2::text[]) as party (organisation, unregistered_name)"
_FORGET = f"""
    delete from party_ranks using {_PARTIES}
    where party_ranks.organisation = party.organisation
        and party_ranks.unregistered_name = party.unregistered_name
"""  # noqa: S608
_PARTY = "organisation, unregistered_name"
_SETS = f"(({_PARTY}, buyer{{by}}), ({_PARTY}, financial_year{{by}}), ({_PARTY}{{by}}))"
_RANK = f"""
    with parts as materialized (
        select party_spend.* from {_PARTIES} join party_spend using ({_PARTY}) where listed
    ), whole as materialized (
        select {_PARTY}, buyer, financial_year, max(organisation_name) as organisation_name,
            sum(lines) as lines, sum(pence) as pence
        from parts group by grouping sets {_SETS.format(by="")}
    ), counted as (
        select {_PARTY}, buyer, financial_year, definition, sum(lines) as lines,
            sum(pence) as pence
        from parts, unnest(definitions) as definition
        group by grouping sets {_SETS.format(by=", definition")}
    ), every as (
        select whole.*, '{ANY}' as definition from whole
        union all
        select {_PARTY}, counted.buyer, counted.financial_year, whole.organisation_name,
            counted.lines, counted.pence, definition
        from counted join whole using ({_PARTY})
        where counted.buyer is not distinct from whole.buyer
            and counted.financial_year is not distinct from whole.financial_year
    )
    insert into party_ranks
        (buyer, financial_year, definition, {_PARTY}, organisation_name, lines, pence)
    select coalesce(buyer, '{ANY}'), coalesce(financial_year, {EVERY_YEAR}), definition, {_PARTY},
        organisation_name, lines, pence
    from every order by 1, 2, 3, 4, 5
"""  # noqa: S608
_ANALYSE = "analyze party_spend, party_ranks, party_totals, touched_suppliers"


class Waiting(NamedTuple):
    """How many suppliers the ranking has to learn of, and how many of them were touched since they
    were last gathered, some more than once.
    """

    suppliers: int
    touched: int


async def read_waiting(engine: AsyncEngine) -> Waiting:
    """What waits for a refresh."""
    async with begin(engine) as tx:
        return Waiting(*await (await driver(tx)).fetchrow(_WAITING))


async def refresh_some(engine: AsyncEngine, at_once: int = AT_ONCE) -> int:
    """Bring the ranking up to date for some suppliers; how many, 0 where none waits, or another
    replica is at it.
    """
    async with begin(engine) as tx:
        if not await _alone(tx):
            return 0
        connection = await driver(tx)
        await connection.execute(_GATHER, at_once)
        taken: list[str] | None = await connection.fetchval(_TAKE)
        if taken is None:
            return 0
        await _refresh(connection, taken)
        return len(taken)


async def refresh_all(engine: AsyncEngine, tell: Callable[[int], None] | None = None) -> None:
    """Bring the ranking up to date for all that wait, telling how many after each transaction."""
    while done := await refresh_some(engine):
        if tell is not None:
            tell(done)
    await analyse(engine)


async def analyse(engine: AsyncEngine) -> None:
    """Tell the planner what the ranking holds, and how few wait.

    Autovacuum may have told it when thousands did, and pages took three times as long by that.

    In no transaction, so that it holds one table at a time: a swap, which wants them all, would
    wait for it and it for the swap.
    """
    async with engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(text(_ANALYSE))


async def _alone(tx: AsyncConnection) -> bool:
    """Whether no other refresh is on its way; the tables stay where they are meanwhile."""
    await hold_tables(tx)
    return bool(await (await driver(tx)).fetchval(_ALONE, Lock.RANKING))


async def _refresh(connection: Any, suppliers: list[str]) -> None:
    parties = await connection.fetch(_RESTATE, suppliers)
    await connection.execute(_EMPTY)
    if parties:
        columns = list(zip(*parties, strict=True))
        await connection.execute(_FORGET, *columns)
        await connection.execute(_RANK, *columns)
