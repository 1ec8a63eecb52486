"""What a statement reads of agreements: every version with its lines, its provider, its notices;
as they stand, or as they were known at a moment.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.known_at import day_ended
from services.api.queries.agreements import read_lines, read_notices, read_versions
from services.api.queries.coverage_class import class_of
from services.api.queries.known import NOW, Known
from services.api.statements.held import Agreement, Line, Provider, Version
from services.api.tables import agreements
from services.api.withheld.personal import may_be_person

_AT_ONCE = 5_000
Row = RowMapping


async def read_agreement_facts(
    connection: AsyncConnection, buyers: Sequence[str], definition: str | None, known: Known = NOW
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
        facts += await _read_some(connection, rows[start : start + _AT_ONCE], definition, known)
    return facts


async def _read_some(
    connection: AsyncConnection, rows: Sequence[Row], definition: str | None, known: Known
) -> list[Agreement]:
    found = await read_versions(connection, [row["agreement_id"] for row in rows])
    histories = {
        key: [each for each in history if _was_recorded(each["recorded_at"], known)]
        for key, history in found.items()
    }
    told = [each for history in histories.values() for each in history]
    lines = await read_lines(connection, [(one["agreement_id"], one["version"]) for one in told])
    ids = sorted({each["supplier_id"] for every in found.values() for each in every})
    providers = await _read_providers(connection, ids, definition, known)
    told_now = providers
    if known is not NOW:  # what is known to be a person's by now is withheld, whatever it was then
        told_now = await _read_providers(connection, ids, definition, NOW)
    facts = []
    for row in rows:
        history = histories[row["agreement_id"]]
        if not history:
            continue
        # Titles are written freely, and may name any provider of the agreement, past or to come.
        named = all(
            who[one["supplier_id"]].name is not None
            for who, versions_of in ((providers, history), (told_now, found[row["agreement_id"]]))
            for one in versions_of
        )
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
        is_ended = _was_recorded(row["end_recorded_at"], known)
        ended_on = row["ended_on"] if is_ended else None
        facts.append(Agreement(row["agreement_id"], row["reference"], ended_on, versions))
    return facts


def _was_recorded(at: datetime | None, known: Known) -> bool:
    return known.before is None or (at is not None and at < known.before)


async def _read_providers(
    connection: AsyncConnection, ids: Sequence[str], definition: str | None, known: Known
) -> dict[str, Provider]:
    memberships, suppliers = known.memberships, known.suppliers
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
    rows: dict[str, Row] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = await connection.execute(
            select(suppliers, class_of(suppliers).label("class")).where(
                suppliers.c.supplier_id.in_(ids[start : start + _AT_ONCE])
            )
        )
        rows |= {row["supplier_id"]: row for row in some.mappings()}
    return {each: _provider(each, rows.get(each), tuple(periods[each])) for each in ids}


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
    return Provider(row["organisation"] or supplier_id, name, row["class"], periods)


async def read_notices_given(
    connection: AsyncConnection, agreement_ids: Sequence[str], before: datetime | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """The notices of these agreements as they stand, each with its agreement's id.

    Of a notice its last step is known. Before a moment: one of which the only step was recorded
    later, or that was served later, was not known, and one that was withdrawn later stood.
    """
    found = await read_notices(connection, agreement_ids)
    given = [(key, row["content"]) for key, rows in found.items() for row in rows]
    if before is None:
        return given
    return [(key, then) for key, said in given if (then := _as_known(said, before)) is not None]


def _as_known(said: dict[str, Any], before: datetime) -> dict[str, Any] | None:
    if datetime.fromisoformat(said["recorded_at"]) < before:
        return said
    if said["number"] == 1 or (said["served_on"] or "") > day_ended(before).isoformat():
        return None
    return said | ({"state": "served"} if said["state"] == "withdrawn" else {})
