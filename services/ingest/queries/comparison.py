"""SQL that compares a file with what the ledger holds of earlier ones, in temporary tables.

Memory stays flat, whatever the size: lines are streamed into the tables of one session (`edition`:
the file's; `standing`: the ledger's; `pairs`: which stand for each other), matched there, and only
those that differ come back, in batches.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.ingest.payments.payment import SAID, Payment
from services.ingest.payments.wording import fold_reference, fold_unit
from services.ingest.queries.revisions import HOLDS, RESTATED
from shared.database import raw_connection

BATCH = 5_000
_NEVER = datetime.min.replace(tzinfo=UTC)
_FIELDS = tuple(name for name in SAID if name != "buyer")
_REVISED = ", ".join(
    f"case when last.payment_id is null then p.{name} else last.{name} end as {name}"
    for name in _FIELDS
)
_STANDING = f"""
    create temporary table standing as
    with last as (
        select distinct on (payment_id) * from payment_revisions where buyer = $1
        order by payment_id, revision desc
    ), named as (
        select distinct on (payment_id) payment_id, row_id from payment_revisions as revised
        where buyer = $1 and row_id is not null and {HOLDS} order by payment_id, revision desc
    ), restated as ({RESTATED}
    ), wanted as (
        select payment_id from payments where buyer = $1 and source = any($2::text[])
        union select payment_id from restated where '/files/' || file_id = any($2::text[])
        union select p.payment_id from payments as p join edition using (payment_id)
        union select named.payment_id from named join edition on edition.payment_id = named.row_id
    )
    select p.payment_id, coalesce(named.row_id, p.payment_id) as row_id, of_file.family,
        coalesce(last.withdrawn, false) as withdrawn, coalesce(last.why, '') as why,
        coalesce(last.revision, 0) as revision, p.source, p.buyer, {_REVISED}
    from wanted join payments as p using (payment_id)
    left join last using (payment_id)
    left join named using (payment_id)
    left join restated using (payment_id)
    left join unnest($2::text[], $3::int[]) as of_file (source, family)
        on of_file.source = coalesce('/files/' || restated.file_id, p.source)
"""  # noqa: S608 - our own column names
SAME = -1
_PAIRS = f"""
    create temporary table pairs as
    select distinct on (edition.payment_id) standing.payment_id, edition.payment_id as row_id,
        {SAME} as rule, true as certain
    from edition join standing on standing.row_id = edition.payment_id
    order by edition.payment_id, standing.withdrawn, standing.payment_id
"""  # noqa: S608 - a number of ours
_LEFT = {
    "before": "select * from standing where family is not null and not withdrawn "
    "and not exists (select from pairs where pairs.payment_id = standing.payment_id)",
    "after": "select *, null::int as family from edition "
    "where not exists (select from pairs where pairs.row_id = edition.payment_id)",
}
_MATCH = """
    with b as (
        select before.*, count(*) over w as n,
            row_number() over (partition by before.{key} order by pence, day, id) as place
        from before join families on number = family
        where family = $1 and before.{key} is not null and ({named} or day between reached_first
            and reached_last)
            and not exists (select from pairs where pairs.payment_id = before.id)
        window w as (partition by before.{key})
    ), a as (
        select after.*, count(*) over w as n,
            row_number() over (partition by after.{key} order by pence, day, id) as place
        from after join families on number = $1
        where after.{key} is not null and ({named} or day between first and last)
            and not exists (select from pairs where pairs.row_id = after.id)
        window w as (partition by after.{key})
    )
    insert into pairs (payment_id, row_id, rule, certain)
    select b.id, a.id, {rule}, {certain}
    from b join a using ({key}, place) join families on number = $1
    where (b.day between reached_first and reached_last or a.day between first and last)
        and ({named} or abs(a.day - b.day) <= {most_days} and {alike})
        and ({certain} is false or not {alone} or (b.n = 1 and a.n = 1))
"""
_ALIKE = (
    "(a.unit = b.unit or a.reference is null or b.reference is null or a.reference = b.reference)"
)
"""What states another unit and another reference as well is another payment."""
PAIRED = """
    from standing join families on number = family
    left join pairs on pairs.payment_id = standing.payment_id and pairs.certain
"""
GONE = """
    not withdrawn and rule is null
    and standing.payment_date between reached_first and reached_last
"""
NEW = """
    not exists (select from pairs where pairs.row_id = edition.payment_id and certain)
"""


class Family(NamedTuple):
    """An earlier file with those that it states anew: its number, and the days to compare.

    `first` and `last` are the days that it covers, `reached_first` and `reached_last` those of them
    that the later file surely states whole.
    """

    number: int
    first: date
    last: date
    reached_first: date
    reached_last: date


class Match(NamedTuple):
    """How a rule matches: by what the lines name, or only lines that are `alone` with their key."""

    named: bool
    alone: bool


@asynccontextmanager
async def open_session(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection whose temporary tables end with it."""
    async with engine.connect() as connection:
        try:
            yield connection
        finally:
            await connection.invalidate()


async def stage_edition(connection: AsyncConnection, payments: Iterable[Payment]) -> None:
    """Keep the lines of the later file in `edition`."""
    raw = await raw_connection(connection)
    await raw.execute("create temporary table edition (like payments)")
    rest = iter(payments)
    while batch := list(islice(rest, BATCH)):
        await raw.copy_records_to_table("edition", records=batch, columns=Payment._fields)
    await raw.execute("create index on edition (payment_id)")
    await raw.execute("analyze edition")


async def stage_standing(
    connection: AsyncConnection, buyer: str, families: Mapping[str, int]
) -> None:
    """Keep what the ledger holds of these sources' families, and of the edition's own lines.

    `pairs` says which lines are the same in both.
    """
    raw = await raw_connection(connection)
    await raw.execute(_STANDING, buyer, list(families), list(families.values()))
    await raw.execute("create index on standing (payment_id)")
    await raw.execute("analyze standing")
    await raw.execute(_PAIRS)
    await raw.execute("create index on pairs (payment_id)")
    await raw.execute("create index on pairs (row_id)")
    await raw.execute("analyze pairs")


async def days_of(connection: AsyncConnection) -> dict[int, list[date]]:
    """The days of each family's lines that stand, in order."""
    rows = await (await raw_connection(connection)).fetch(
        "select family, array_agg(distinct payment_date order by payment_date) from standing "
        "where family is not null and not withdrawn group by 1"
    )
    return {row[0]: row[1] for row in rows}


async def stage_keys(
    connection: AsyncConnection, keys_of: Callable[[Payment], Sequence[int | None]], rules: int
) -> None:
    """Keep the keys, by each of so many rules, of the lines that are in one of both only."""
    raw = await raw_connection(connection)
    keys = ", ".join(f"key{rule} bigint" for rule in range(rules))
    for side, left in _LEFT.items():
        await raw.execute(
            f"create temporary table {side} (id uuid, family int, day date, pence bigint, "
            f"unit text, reference text, {keys})"
        )
        async with raw.transaction():
            cursor = await raw.cursor(left)
            while rows := await cursor.fetch(BATCH):
                records = [_keyed(row, keys_of) for row in rows]
                await raw.copy_records_to_table(side, records=records)
        await raw.execute(f"analyze {side}")


def _keyed(row: Any, keys_of: Callable[[Payment], Sequence[int | None]]) -> tuple[Any, ...]:
    said: dict[str, Any] = {name: row[name] for name in SAID}
    line = Payment("", supplier_id="", source="", source_id="", recorded_at=_NEVER, **said)
    number = line.reference or line.transaction
    return (
        *(row["payment_id"], row["family"], line.payment_date, line.amount_pence),
        *(fold_unit(line.unit or ""), number and fold_reference(number)),
        *keys_of(line),
    )


async def match_lines(
    connection: AsyncConnection,
    families: Sequence[Family],
    matches: Sequence[Match],
    most_days: int,
) -> None:
    """Match the lines of these families with those of the edition, one to one, rule after rule.

    What nothing tells apart is paired last, as not certain. Only these families are in `families`.
    """
    raw = await raw_connection(connection)
    await raw.execute(f"delete from pairs where rule <> {SAME}")  # noqa: S608 - a number of ours
    await raw.execute(
        "create temporary table if not exists families (number int, first date, last date, "
        "reached_first date, reached_last date)"
    )
    await raw.execute("truncate families")
    await raw.copy_records_to_table("families", records=families)
    rules = [(rule, match, True) for rule, match in enumerate(matches)]
    rules += [(rule, match, False) for rule, match in enumerate(matches) if match.alone]
    for rule, match, certain in rules:
        query = _MATCH.format(
            rule=rule,
            key=f"key{rule}",
            certain=certain,
            most_days=most_days,
            alike=_ALIKE,
            **match._asdict(),
        )
        for family in families:
            await raw.execute(query, family.number)
    await raw.execute("analyze pairs")


async def count_families(connection: AsyncConnection, named: Sequence[int]) -> dict[int, Any]:
    """What the edition states of each family's lines; the `named` rules are told apart."""
    rows = await (await raw_connection(connection)).fetch(
        f"""
        select number, count(*) filter (where not withdrawn) as lines,
            count(*) filter (where rule = {SAME} and not withdrawn) as same,
            count(*) filter (where rule >= 0) as changed,
            count(*) filter (where rule = any($1)) as named,
            count(*) filter (where {GONE}) as gone,
            count(*) filter (where {GONE} and exists (select from pairs as possible
                where possible.payment_id = standing.payment_id)) as possible,
            count(*) filter (where rule >= 0 and why = 'officer') as corrected,
            count(*) filter (where rule = {SAME} and withdrawn and why = 'republication')
                as restored,
            (select count(*) from edition where payment_date between first and last and {NEW})
                as new
        {PAIRED} group by number, first, last
        """,  # noqa: S608 - our own conditions
        list(named),
    )
    return {row[0]: dict(list(row.items())[1:]) for row in rows}
