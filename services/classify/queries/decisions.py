"""People's decisions: only added to, looked up where in force, read as a history."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from services.classify.decisions.decision import Decision, Decisions

_COLUMNS = ", ".join(Decision._fields)
_IN_FORCE = f"""
    select {_COLUMNS} from (
        select distinct on (supplier_id) * from decisions
        where supplier_id in (
            select supplier_id from decisions
            where supplier_id = any($1::uuid[]) or name_key = any($2::uuid[]))
        order by supplier_id, decided_at desc, seq desc
    ) as newest where kind <> 'revoked'
"""  # noqa: S608 - our own column names


async def insert_decisions(connection: Any, decisions: Sequence[Decision]) -> set[str]:
    """Add to the history, in the order given; return the ids of those that were new.

    Of one without the key of its payee's name, which a file may withhold, that of the supplier.
    """
    columns = list(zip(*((d.id, *d) for d in decisions), strict=True)) or [()] * 11
    # Lists of unequal lengths do not unnest: organisations travel joined.
    columns[5] = tuple(";".join(organisations) for organisations in columns[5])
    rows = await connection.fetch(
        f"insert into decisions (decision_id, {_COLUMNS})"  # noqa: S608 - our own column names
        " select id, supplier_id, coalesce(name_key, (select known.name_key from suppliers as known"
        "  where known.supplier_id = given.supplier_id)), form, kind,"
        " string_to_array(organisations, ';'), name, legal_form, why, who, decided_at"
        " from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[],"
        " $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[]) with ordinality"
        " as given (id, supplier_id, name_key, form, kind, organisations, name, legal_form, why,"
        " who, decided_at, position) order by position"
        " on conflict do nothing returning decision_id",
        *columns,
    )
    return {str(row[0]) for row in rows}


async def find_decisions(
    connection: Any, supplier_ids: Iterable[str], name_keys: Iterable[str | None]
) -> Decisions:
    """What is in force of these suppliers and of others of these names."""
    rows = await connection.fetch(_IN_FORCE, list(supplier_ids), [key for key in name_keys if key])
    found = [as_decision(row) for row in rows]
    by_name: dict[str, list[Decision]] = defaultdict(list)
    for decision in found:
        if decision.name_key:
            by_name[decision.name_key].append(decision)
    return Decisions({decision.supplier_id: decision for decision in found}, by_name)


async def list_decisions(connection: Any, supplier_id: str) -> list[Decision]:
    """The history of a supplier, oldest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from decisions where supplier_id = $1"  # noqa: S608 - our own column names
        " order by decided_at, seq",
        supplier_id,
    )
    return [as_decision(row) for row in rows]


async def list_all_decisions(connection: Any) -> list[tuple[Decision, str | None]]:
    """The whole history, oldest first, each with the payee where the supplier is known."""
    columns = ", ".join(f"d.{field}" for field in Decision._fields)
    rows = await connection.fetch(
        f"select {columns}, s.payee from decisions d left join suppliers s using (supplier_id)"  # noqa: S608 - our own column names
        " order by decided_at, seq"
    )
    return [(as_decision(row), row["payee"]) for row in rows]


def as_decision(row: Any) -> Decision:
    """A decision from its row."""
    return Decision(
        str(row["supplier_id"]),
        str(row["name_key"]) if row["name_key"] else None,
        row["form"],
        row["kind"],
        tuple(row["organisations"]),
        *(row[field] for field in ("name", "legal_form", "why", "who", "decided_at")),
    )
