"""What officers said of commitments, as it is kept."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.kept.tables import commitment_statements as kept


class Stated(NamedTuple):
    """What an officer said on a `day` of one promise of a buyer's year."""

    statement_id: str
    buyer: str
    financial_year: str
    number: str
    day: date
    says: str
    who: str
    stated_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None


async def put_statement(tx: AsyncConnection, stated: Stated) -> Stated:
    """Keep a statement once; one that was withdrawn stands again."""
    await tx.execute(
        insert(kept)
        .values(**stated._asdict())
        .on_conflict_do_update(
            index_elements=["statement_id"],
            set_={"stated_at": stated.stated_at, "withdrawn_at": None, "withdrawn_by": None},
            where=kept.c.withdrawn_at.is_not(None),
        )
    )
    found = await find_statement(tx, stated.statement_id)
    if found is None:
        raise LookupError("the statement was kept in this transaction")
    return found


async def find_statement(connection: AsyncConnection, statement_id: str) -> Stated | None:
    """A statement as it stands; None where there is none."""
    row = (
        await connection.execute(select(kept).where(kept.c.statement_id == statement_id))
    ).one_or_none()
    return None if row is None else Stated(*row)


async def withdraw(tx: AsyncConnection, statement_id: str, who: str, now: datetime) -> None:
    """Mark a statement that stands as withdrawn."""
    await tx.execute(
        update(kept)
        .where(kept.c.statement_id == statement_id, kept.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_by=who)
    )


async def read_statements(
    connection: AsyncConnection, buyer: str, financial_year: str, before: datetime
) -> Sequence[Stated]:
    """What stood at a moment, the latest day first."""
    rows = await connection.execute(
        select(kept)
        .where(
            kept.c.buyer == buyer,
            kept.c.financial_year == financial_year,
            kept.c.stated_at < before,
            or_(kept.c.withdrawn_at.is_(None), kept.c.withdrawn_at >= before),
        )
        .order_by(kept.c.day.desc(), kept.c.stated_at.desc(), kept.c.statement_id)
    )
    return [Stated(*row) for row in rows]
