"""Agreements by the terms in force on a day, with their lines and what they bring."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    RowMapping,
    Select,
    Uuid,
    any_,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.payees import Payee
from services.api.tables import (
    acknowledgements,
    agreement_lines,
    agreement_versions,
    agreements,
    contacts,
    failed_deliveries,
    notices,
    obligation_plans,
    obligations,
    suppliers,
)

Row = RowMapping

FIRST = "00000000-0000-0000-0000-000000000000"


def agreements_in_force(today: date) -> tuple[Select[Any], Any]:
    """The agreements with terms in force on a day, and the columns of those terms.

    Those with the latest day up to it, of one day the highest version; after the end, the last
    ones. Those of which only an end, or only terms from a later day, are known wait for theirs.
    """
    in_force = (
        select(
            agreement_versions.c.version,
            agreement_versions.c.supplier_id,
            agreement_versions.c.end,
        )
        .where(
            agreement_versions.c.agreement_id == agreements.c.agreement_id,
            agreement_versions.c.effective_on <= func.least(today, agreements.c.ended_on),
        )
        .order_by(agreement_versions.c.effective_on.desc(), agreement_versions.c.version.desc())
        .limit(1)
        .lateral("in_force")
    )
    statement = select(agreements, *in_force.c, suppliers.c.organisation).select_from(
        agreements.join(in_force, true()).outerjoin(
            suppliers, suppliers.c.supplier_id == in_force.c.supplier_id
        )
    )
    return statement, in_force.c


async def read_agreements(
    connection: AsyncConnection,
    today: date,
    *,
    buyer: str | None,
    supplier: Payee | None,
    organisation: str | None,
    after: str,
    limit: int,
) -> list[Row]:
    """The `limit` agreements that follow the one `after`, in the order of their ids."""
    statement, terms = agreements_in_force(today)
    statement = statement.where(agreements.c.agreement_id > after)
    if buyer:
        statement = statement.where(agreements.c.buyer == buyer)
    if supplier:
        own = supplier.supplier_id
        statement = statement.where(terms.supplier_id == own, _named([own]))
        if supplier.buyers is not None:
            statement = statement.where(agreements.c.buyer.in_(supplier.buyers))
    if organisation:
        is_it = suppliers.alias("is_it")
        ids = select(is_it.c.supplier_id).where(is_it.c.organisation == organisation)
        statement = statement.where(suppliers.c.organisation == organisation, _named(ids))
    found = await connection.execute(statement.order_by(agreements.c.agreement_id).limit(limit))
    return list(found.mappings())


def _named(supplier_ids: Any) -> Any:
    """Agreements that name a supplier in any version: an index finds those, before the day does."""
    named = select(agreement_versions.c.agreement_id).where(
        agreement_versions.c.supplier_id.in_(supplier_ids)
    )
    return agreements.c.agreement_id.in_(named)


async def read_agreement(connection: AsyncConnection, agreement_id: str, today: date) -> Row | None:
    """One agreement; None while it has no terms in force."""
    statement, _ = agreements_in_force(today)
    found = await connection.execute(statement.where(agreements.c.agreement_id == agreement_id))
    row: Row | None = found.mappings().one_or_none()
    return row


async def read_versions(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Every version of each agreement's terms in the order in which they hold."""
    found = await connection.execute(
        select(
            agreement_versions,
            suppliers.c.organisation,
            suppliers.c.organisation_name,
            suppliers.c.redacted,
        )
        .outerjoin(suppliers, suppliers.c.supplier_id == agreement_versions.c.supplier_id)
        .where(agreement_versions.c.agreement_id == _any_of(ids))
        .order_by(agreement_versions.c.effective_on, agreement_versions.c.version)
    )
    return _by_agreement(ids, found.mappings())


async def read_contacts(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Row]:
    """Whom to ask about each agreement, where anyone was named."""
    found = await connection.execute(
        select(contacts).where(contacts.c.agreement_id == _any_of(ids))
    )
    return {row["agreement_id"]: row for row in found.mappings()}


async def read_organisations(
    connection: AsyncConnection, supplier_ids: Iterable[str]
) -> dict[str, Row]:
    """What suppliers were matched with, by their ids; those not classified yet are left out."""
    found = await connection.execute(
        select(
            suppliers.c.supplier_id,
            suppliers.c.organisation,
            suppliers.c.organisation_name,
            suppliers.c.redacted,
        ).where(suppliers.c.supplier_id == _any_of(sorted(set(supplier_ids))))
    )
    return {row["supplier_id"]: row for row in found.mappings()}


async def read_lines(
    connection: AsyncConnection, versions: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], list[Row]]:
    """The lines of each version of an agreement, in their order."""
    key = (agreement_lines.c.agreement_id, agreement_lines.c.version)
    ids, numbers = [each for each, _ in versions], [number for _, number in versions]
    asked = select(
        func.unnest(literal(ids, ARRAY(Uuid(as_uuid=False)))),
        func.unnest(literal(numbers, ARRAY(BigInteger))),
    )
    rows = await connection.execute(
        select(agreement_lines)
        .where(tuple_(*key).in_(asked))
        .order_by(*key, agreement_lines.c.position)
    )
    found: dict[tuple[str, int], list[Row]] = {each: [] for each in versions}
    for row in rows.mappings():
        found[row["agreement_id"], row["version"]].append(row)
    return found


async def read_obligations(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Row]]:
    """The obligations of each agreement by their dates, with what could not be delivered."""
    undelivered = (
        select(
            func.jsonb_agg(
                func.jsonb_build_object(
                    *("channel", failed_deliveries.c.channel),
                    *("attempts", failed_deliveries.c.attempts),
                    *("reason", failed_deliveries.c.reason),
                )
            )
        )
        .where(failed_deliveries.c.obligation_id == obligations.c.obligation_id)
        .scalar_subquery()
    )
    found = await connection.execute(
        select(
            obligations,
            obligation_plans.c.revision.label("newest_revision"),
            obligation_plans.c.sequence.label("newest_sequence"),
            (obligation_plans.c.revision == obligations.c.plan_revision).label("in_newest"),
            undelivered.label("undelivered"),
        )
        .outerjoin(obligation_plans, obligation_plans.c.agreement_id == obligations.c.agreement_id)
        .where(obligations.c.agreement_id == _any_of(ids), obligations.c.due_on.is_not(None))
        .order_by(obligations.c.agreement_id, obligations.c.due_on, obligations.c.obligation_id)
    )
    return _by_agreement(ids, found.mappings())


async def read_notices(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Row]]:
    """The notices of each agreement, each as it stands, by the day of service."""
    found = await connection.execute(
        select(notices)
        .where(notices.c.agreement_id == _any_of(ids))
        .order_by(
            notices.c.agreement_id, notices.c.content["served_on"].astext, notices.c.notice_id
        )
    )
    return _by_agreement(ids, found.mappings())


async def read_acknowledgements(
    connection: AsyncConnection, ids: Sequence[str]
) -> dict[str, list[Row]]:
    """What each recipient acknowledged last of each obligation, the earliest first."""
    rows = await connection.execute(
        select(acknowledgements)
        .where(acknowledgements.c.obligation_id == _any_of(ids))
        .order_by(acknowledgements.c.acknowledged_at, acknowledgements.c.recipient)
    )
    found: dict[str, list[Row]] = {each: [] for each in ids}
    for row in rows.mappings():
        found[row["obligation_id"]].append(row)
    return found


def _any_of(ids: Sequence[str]) -> Any:
    """To compare with: one parameter however many ids, of which PostgreSQL takes 32,767."""
    return any_(literal(ids, ARRAY(Uuid(as_uuid=False))))


def _by_agreement(ids: Sequence[str], rows: Any) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {agreement: [] for agreement in ids}
    for row in rows:
        found[row["agreement_id"]].append(row)
    return found
