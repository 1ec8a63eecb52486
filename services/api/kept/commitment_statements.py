"""What officers said of commitments, as it is kept."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.kept.one_by_one import await_turn
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


async def lock_commitment(
    tx: AsyncConnection, buyer: str, financial_year: str, number: str
) -> None:
    """Wait until nobody else says anything of this promise."""
    await await_turn(tx, "commitment", buyer, financial_year, number)


async def find_same(
    tx: AsyncConnection,
    buyer: str,
    financial_year: str,
    number: str,
    day: date,
    who: str,
    says: str,
) -> Sequence[Stated]:
    """What the same officer said before in the same words, withdrawn or not."""
    rows = await tx.execute(
        select(kept).where(
            kept.c.buyer == buyer,
            kept.c.financial_year == financial_year,
            kept.c.number == number,
            kept.c.day == day,
            kept.c.who == who,
            kept.c.says == says,
        )
    )
    return [Stated(*row) for row in rows]


async def count_standing(tx: AsyncConnection, buyer: str, financial_year: str, number: str) -> int:
    """How many statements of a promise stand."""
    counted = select(func.count()).where(
        kept.c.buyer == buyer,
        kept.c.financial_year == financial_year,
        kept.c.number == number,
        kept.c.withdrawn_at.is_(None),
    )
    return int(await tx.scalar(counted) or 0)


async def put_statement(tx: AsyncConnection, stated: Stated) -> None:
    """Keep a statement."""
    await tx.execute(kept.insert().values(**stated._asdict()))


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
