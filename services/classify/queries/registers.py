"""Registers in the database: listed, looked up by name and number."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from services.classify.matching.known import BorneName, Edition, Known, assemble
from services.classify.organisation import Link, Organisation
from services.classify.queries.companies import find_companies

_ORGANISATION = ", ".join(f"o.{field}" for field in Organisation._fields)
_PART = 20_000
_NAME = ", ".join(f"n.{field}" for field in BorneName._fields)


class LoadedRegister(NamedTuple):
    """A register in force."""

    source: str
    title: str
    file: str
    as_at: date
    loaded_at: datetime
    organisations: int
    names: int
    links: int
    left_out: int
    companies: int
    no_longer_listed: int
    left_out_examples: list[dict[str, Any]]


async def list_registers(connection: Any) -> list[LoadedRegister]:
    """The registers in force, by source."""
    columns = ", ".join(LoadedRegister._fields)
    rows = await connection.fetch(
        f"select {columns} from registers order by source"  # noqa: S608 - our own column names
    )
    return [LoadedRegister(**row) for row in rows]


async def look_up(connection: Any, words: Sequence[str], org_ids: Sequence[str]) -> Known:
    """All that the registers say of these names and identifiers, and of what those link to."""
    names, organisations = await _named(connection, words)
    numbers = [i.removeprefix("GB-COH-") for i in org_ids if i.startswith("GB-COH-")]
    if numbers:
        organisations += [
            _organisation(row)
            for row in await connection.fetch(
                f"select {_ORGANISATION} from organisations o where company_number = any($1)",  # noqa: S608 - our own column names
                numbers,
            )
        ]
    ids = {*org_ids}
    for organisation in organisations:
        ids |= {i for i in _ids_of(organisation) if i}
    links = [link async for link in _linked(connection, ids)]
    for link in links:
        ids |= {link.a, link.b}
    companies = await find_companies(connection, words, ids)
    organisations += [company for company, _ in companies]
    names += [name for _, name in companies]
    named = {(o.source, o.key) for o in organisations}
    organisations += [
        row
        for row in [
            _organisation(row)
            for row in await connection.fetch(
                f"select {_ORGANISATION} from organisations o where org_id = any($1)",  # noqa: S608 - our own column names
                list(ids),
            )
        ]
        if (row.source, row.key) not in named
    ]
    editions = await _editions(connection)
    return assemble(dict.fromkeys(organisations), names, links, editions)


async def count_names(connection: Any) -> int:
    """How many names the registers in force print, as they were counted when loaded."""
    count: int = await connection.fetchval("select coalesce(sum(names), 0) from registers")
    return count


async def registers_stamp(connection: Any) -> str:
    """What tells the registers in force from any others, of this database or another."""
    rows = await connection.fetch(
        # xmin is the transaction that put the register in force.
        "select current_database(), current_schema(), source, as_at, loaded_at, xmin::text"
        " from registers order by source"
    )
    told = "; ".join(" ".join(map(str, row)) for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()


async def every_name(connection: Any) -> Known:
    """All organisations that are searched by name, with their names and links, in a transaction.

    In one order, whatever way the rows came: a dry run must say what the run does.
    Read by the part: rows of the driver beside what is made of them would be twice the memory.
    """
    organisations = [
        _organisation(row)
        async for row in connection.cursor(
            f"select {_ORGANISATION} from organisations o"  # noqa: S608 - our own column names
            " order by o.source, o.key",
            prefetch=_PART,
        )
    ]
    names = [
        BorneName(*row)
        async for row in connection.cursor(
            f"select {_NAME} from organisation_names n"  # noqa: S608 - our own column names
            " order by n.source, n.key, n.words, n.name, n.kind",
            prefetch=_PART,
        )
    ]
    links = [Link(*row) for row in await connection.fetch("select a, b, kind, since from links")]
    editions = await _editions(connection)
    return assemble(organisations, names, links, editions)


async def _editions(connection: Any) -> dict[str, Edition]:
    return {
        row["source"]: Edition(row["title"], row["as_at"])
        for row in await connection.fetch("select source, title, as_at from registers")
    }


async def _named(
    connection: Any, words: Sequence[str]
) -> tuple[list[BorneName], list[Organisation]]:
    rows = await connection.fetch(
        f"select {_NAME}, {_ORGANISATION}"  # noqa: S608 - our own column names
        " from organisation_names n join organisations o using (source, key)"
        " where n.words = any($1)",
        list(words),
    )
    count = len(BorneName._fields)
    return (
        [BorneName(*row[:count]) for row in rows],
        list(dict.fromkeys(_organisation(row[count:]) for row in rows)),
    )


def _organisation(row: Sequence[Any]) -> Organisation:
    """An organisation from its row: lists become tuples again, so that it can be hashed."""
    return Organisation._make(tuple(v) if isinstance(v, list) else v for v in row)


def _ids_of(organisation: Organisation) -> tuple[str | None, str | None]:
    number = organisation.company_number
    return organisation.org_id, f"GB-COH-{number}" if number else None


async def _linked(connection: Any, ids: set[str]) -> AsyncIterator[Link]:
    """Links out of these identifiers, and on from where they lead; into them where the same.

    They are followed to their end, so that what is found does not depend on who else is asked for.
    """
    edge, seen = set(ids), set(ids)
    found: set[Link] = set()
    while edge:
        rows = await connection.fetch(
            "select a, b, kind, since from links where a = any($1)"
            " union select a, b, kind, since from links where b = any($1) and kind = 'same'",
            list(edge),
        )
        fresh = {Link(*row) for row in rows} - found
        for link in sorted(fresh, key=str):
            yield link
        found |= fresh
        edge = {end for link in fresh for end in (link.a, link.b)} - seen
        seen |= edge
