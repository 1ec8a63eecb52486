"""An edition of a register put in the place of the one in force, inside one transaction."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import orjson

from services.classify.matching.known import BorneName
from services.classify.organisation import Link, Organisation
from services.classify.queries.registers import LoadedRegister
from shared.locks import Lock

_EXAMPLES = 20
_TABLES = ("organisations", "organisation_names", "links")
_ORGANISATION = ", ".join(Organisation._fields)
_NAME = ", ".join(BorneName._fields)
_LINK = ("source", *Link._fields)
_LINKS = ", ".join(_LINK)
NO_LONGER_LISTED = "no longer listed"


async def begin_edition(connection: Any, source: str) -> date | None:
    """Set the edition in force aside; the day to which it goes, None where there is none.

    Two loads of one source wait for each other. The temporary tables end with the transaction.
    """
    await connection.execute(
        "select pg_advisory_xact_lock($1, hashtext(current_schema() || $2))",
        Lock.LOADING_REGISTER,
        source,
    )
    before: date | None = await connection.fetchval(
        "select as_at from registers where source = $1", source
    )
    for table in _TABLES:
        await connection.execute(
            f"create temp table if not exists former_{table} (like {table}) on commit drop"
        )
        await connection.execute(f"truncate former_{table}")
    if before is None:
        return None
    # Rows without an org-id have keys of their edition alone: the next can't be compared with them.
    await connection.execute(
        "insert into former_organisations"
        " select * from organisations where source = $1 and org_id is not null",
        source,
    )
    for table in ("organisation_names", "links"):
        await connection.execute(
            f"insert into former_{table} select * from {table} where source = $1",  # noqa: S608 - our own table names
            source,
        )
    for table in (*_TABLES, "registers"):
        await connection.execute(
            f"delete from {table} where source = $1",  # noqa: S608 - our own table names
            source,
        )
    return before


async def copy_edition(
    connection: Any,
    source: str,
    organisations: Iterable[Organisation],
    names: Iterable[BorneName],
    links: Iterable[Link],
) -> None:
    """Add a part of the new edition."""
    await connection.copy_records_to_table(
        "organisations", records=organisations, columns=Organisation._fields
    )
    await connection.copy_records_to_table(
        "organisation_names", records=names, columns=BorneName._fields
    )
    await connection.copy_records_to_table(
        "links", records=((source, *link) for link in links), columns=_LINK
    )


async def count_unlisted(connection: Any, source: str) -> tuple[int, int]:
    """How many organisations the former edition listed, and how many of them the new one does not.

    Those that the former edition itself did not list any more are not counted.
    """
    await connection.execute("analyze former_organisations")
    row = await connection.fetchrow(
        "select count(*), count(*) filter (where not exists"
        " (select from organisations o where o.source = $1 and o.key = f.key))"
        " from former_organisations f where f.last_listed is null",
        source,
    )
    return row[0], row[1]


async def keep_days_of_leaving(connection: Any, source: str) -> None:
    """Those that had left by the day of the former edition did not leave by that of this one."""
    await connection.execute(
        "update organisations o set removed_by = f.removed_by from former_organisations f"
        " where o.source = $1 and f.key = o.key and f.removed_by < o.removed_by",
        source,
    )


async def keep_unlisted(connection: Any, source: str, before: date, as_at: date) -> int:
    """Keep what the new edition lists no longer, as having left by its day; how many are kept.

    An edition of the same day corrects the former one: what it leaves out was never so, and only
    what had left earlier is kept.
    """
    await connection.execute(
        f"insert into organisations ({_ORGANISATION}, last_listed)"  # noqa: S608 - our own column names
        f" select {_ORGANISATION}, coalesce(last_listed, $2) from former_organisations f"
        " where (last_listed is not null or $2 < $3) and not exists"
        " (select from organisations o where o.source = $1 and o.key = f.key)",
        source,
        before,
        as_at,
    )
    await connection.execute(
        "update organisations set removed_by = $2, removed_why = $3"
        " where source = $1 and last_listed is not null"
        " and removed_on is null and removed_by is null",
        source,
        as_at,
        NO_LONGER_LISTED,
    )
    await connection.execute(
        f"insert into organisation_names ({_NAME}) select {_NAME} from former_organisation_names f"  # noqa: S608 - our own column names
        " where exists (select from organisations o where o.source = $1 and o.key = f.key"
        " and o.last_listed is not null)",
        source,
    )
    await connection.execute(
        f"insert into links ({_LINKS}) select {_LINKS} from former_links f"  # noqa: S608 - our own column names
        " where exists (select from organisations o where o.source = $1 and o.key = f.a"
        " and o.last_listed is not null)",
        source,
    )
    kept: int = await connection.fetchval(
        "select count(*) from organisations where source = $1 and last_listed is not null", source
    )
    return kept


async def finish_edition(connection: Any, register: LoadedRegister) -> None:
    """Say that the edition is in force, and tell the planner what the tables now hold."""
    columns = ", ".join(LoadedRegister._fields)
    places = ", ".join(f"${n}" for n in range(1, len(LoadedRegister._fields) + 1))
    examples = orjson.dumps(register.left_out_examples[:_EXAMPLES]).decode()
    await connection.execute(
        f"insert into registers ({columns}) values ({places})",  # noqa: S608 - our own column names
        *register[:-1],
        examples,
    )
    touched = zip(_TABLES, (register.organisations, register.names, register.links), strict=True)
    if tables := [table for table, count in touched if count]:
        await connection.execute(f"analyze {', '.join(tables)}")
