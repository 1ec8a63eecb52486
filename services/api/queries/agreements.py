"""Agreements whose terms are known, with their lines and what they bring."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.tables import (
    agreement_lines,
    agreements,
    failed_deliveries,
    obligations,
    plans,
    suppliers,
)

Row = RowMapping

FIRST = "00000000-0000-0000-0000-000000000000"

_IS_OVER = agreements.c.end_version > agreements.c.terms_version
_ENDED_ON = case((_IS_OVER, agreements.c.ended_on))
_END_REASON = case((_IS_OVER, agreements.c.end_reason))


def _agreements() -> Select[Any]:
    return (
        select(
            *(column for column in agreements.c if column.name not in {"ended_on", "end_reason"}),
            _ENDED_ON.label("ended_on"),
            _END_REASON.label("end_reason"),
            suppliers.c.organisation,
            suppliers.c.organisation_name,
            suppliers.c.redacted,
        )
        .outerjoin(suppliers, suppliers.c.supplier_id == agreements.c.supplier_id)
        .where(agreements.c.terms_version > 0)
    )


async def read_agreements(
    connection: AsyncConnection,
    *,
    buyer: str | None,
    supplier: str | None,
    organisation: str | None,
    after: str,
    limit: int,
) -> list[Row]:
    """The `limit` agreements that follow the one `after`, in the order of their ids."""
    statement = _agreements().where(agreements.c.agreement_id > after)
    if buyer:
        statement = statement.where(agreements.c.buyer == buyer)
    if supplier:
        statement = statement.where(agreements.c.supplier_id == supplier)
    if organisation:
        statement = statement.where(suppliers.c.organisation == organisation)
    found = await connection.execute(statement.order_by(agreements.c.agreement_id).limit(limit))
    return list(found.mappings())


async def read_agreement(connection: AsyncConnection, agreement_id: str) -> Row | None:
    """One agreement; None while its terms are not known."""
    found = await connection.execute(_agreements().where(agreements.c.agreement_id == agreement_id))
    row: Row | None = found.mappings().one_or_none()
    return row


async def read_expiring(
    connection: AsyncConnection, buyer: str | None, since: date, before: date
) -> list[Row]:
    """Agreements in force on `since` that end, or may bring something, before the day `before`."""
    due = exists().where(
        obligations.c.agreement_id == agreements.c.agreement_id, obligations.c.due_on < before
    )
    statement = _agreements().where(
        or_(_ENDED_ON.is_(None), since <= _ENDED_ON),
        or_(agreements.c.end.is_(None), agreements.c.end >= since),
        or_(agreements.c.end < before, due),
    )
    if buyer:
        statement = statement.where(agreements.c.buyer == buyer)
    return list((await connection.execute(statement)).mappings())


async def read_lines(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[Row]]:
    """The lines of each agreement, in their order."""
    found = await connection.execute(
        select(agreement_lines)
        .where(agreement_lines.c.agreement_id.in_(ids))
        .order_by(agreement_lines.c.agreement_id, agreement_lines.c.position)
    )
    return _by_agreement(ids, found.mappings())


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
            plans.c.recorded_at.label("planned_at"),
            undelivered.label("undelivered"),
        )
        .outerjoin(
            plans,
            and_(
                plans.c.agreement_id == obligations.c.agreement_id,
                plans.c.revision == obligations.c.plan_revision,
            ),
        )
        .where(obligations.c.agreement_id.in_(ids), obligations.c.due_on.is_not(None))
        .order_by(obligations.c.agreement_id, obligations.c.due_on, obligations.c.obligation_id)
    )
    return _by_agreement(ids, found.mappings())


def _by_agreement(ids: Sequence[str], rows: Any) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {agreement: [] for agreement in ids}
    for row in rows:
        found[row["agreement_id"]].append(row)
    return found
