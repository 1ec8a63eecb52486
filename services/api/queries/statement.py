"""What a statement reads of agreements: every version with its lines, its provider, its notices."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.personal import may_be_person
from services.api.queries.agreements import read_lines, read_notices, read_versions
from services.api.statements.held import Agreement, Line, Provider, Version
from services.api.tables import agreements, memberships, suppliers

_AT_ONCE = 5_000
Row = RowMapping


async def read_agreement_facts(
    connection: AsyncConnection, buyers: Sequence[str], definition: str | None
) -> list[Agreement]:
    """Every agreement of these buyers, with those of its providers that count by a definition."""
    found = await connection.execute(
        select(agreements)
        .where(agreements.c.buyer.in_(buyers))
        .order_by(agreements.c.buyer, agreements.c.reference, agreements.c.agreement_id)
    )
    rows = list(found.mappings())
    facts: list[Agreement] = []
    for start in range(0, len(rows), _AT_ONCE):
        facts += await _read_some(connection, rows[start : start + _AT_ONCE], definition)
    return facts


async def _read_some(
    connection: AsyncConnection, rows: Sequence[Row], definition: str | None
) -> list[Agreement]:
    histories = await read_versions(connection, [row["agreement_id"] for row in rows])
    told = [each for history in histories.values() for each in history]
    lines = await read_lines(connection, [(one["agreement_id"], one["version"]) for one in told])
    providers = await _read_providers(
        connection, sorted({each["supplier_id"] for each in told}), definition
    )
    facts = []
    for row in rows:
        history = histories[row["agreement_id"]]
        # Titles are written freely, and may name any provider of the agreement, past or to come.
        named = all(providers[one["supplier_id"]].name is not None for one in history)
        versions = tuple(
            Version(
                version=one["version"],
                effective_on=one["effective_on"],
                start=one["start"],
                end=one["end"],
                maximum_end=one["maximum_end"],
                kind=one["kind"],
                route=one["route"],
                title=one["title"] if named else None,
                changes=tuple(one["changes"]),
                has_rationale=one["duration_rationale"] is not None,
                provider=providers[one["supplier_id"]],
                lines=tuple(
                    Line(
                        line["position"],
                        line["programme"],
                        line["annual_amount_pence"],
                        line["recurrent"],
                    )
                    for line in lines[one["agreement_id"], one["version"]]
                ),
            )
            for one in history
        )
        facts.append(Agreement(row["agreement_id"], row["reference"], row["ended_on"], versions))
    return facts


async def _read_providers(
    connection: AsyncConnection, ids: Sequence[str], definition: str | None
) -> dict[str, Provider]:
    periods: dict[str, list[tuple[date, date]]] = {each: [] for each in ids}
    for start in range(0, len(ids), _AT_ONCE):
        found = await connection.execute(
            select(memberships.c.supplier_id, memberships.c.since, memberships.c.until).where(
                memberships.c.supplier_id.in_(ids[start : start + _AT_ONCE]),
                memberships.c.definition == definition,
            )
        )
        for supplier_id, since, until in found:
            periods[supplier_id].append((since, until))
    known: dict[str, Row] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = await connection.execute(
            select(suppliers).where(suppliers.c.supplier_id.in_(ids[start : start + _AT_ONCE]))
        )
        known |= {row["supplier_id"]: row for row in rows.mappings()}
    return {each: _provider(each, known.get(each), tuple(periods[each])) for each in ids}


def _provider(
    supplier_id: str, row: Row | None, periods: tuple[tuple[date, date], ...]
) -> Provider:
    if row is None:
        return Provider(supplier_id, None, "awaiting", periods)
    person = may_be_person(
        organisation=row["organisation"],
        organisation_name=row["organisation_name"],
        redacted=row["redacted"],
    )
    name = None if person else row["organisation_name"] or row["organisation"]
    return Provider(row["organisation"] or supplier_id, name, _class(row), periods)


def _class(row: Row) -> str:
    """As coverage.py has it."""
    if row["redacted"]:
        return "redacted"
    return {"auto": "matched", "review": "review"}.get(row["tier"], "unmatched")


async def read_notices_given(
    connection: AsyncConnection, agreement_ids: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """The notices of these agreements as they stand, each with its agreement's id."""
    found = await read_notices(connection, agreement_ids)
    return [(key, row["content"]) for key, rows in found.items() for row in rows]
