"""Figures of a buyer's year that officers entered as they are printed; withdrawn, never changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.kept.one_by_one import await_turn
from services.api.kept.tables import claims
from services.api.statements.document import Claim
from shared.errors import Conflict

MOST_CLAIMS = 500
"""Of one statement that stand at a time."""


async def read_claims(
    connection: AsyncConnection, buyer: str, financial_year: str, before: datetime | None = None
) -> list[Claim]:
    """The claims that stand, or stood just `before` a moment, in the order in which they were
    stated.
    """
    stand: list[ColumnElement[bool]] = [claims.c.withdrawn_at.is_(None)]
    if before is not None:
        stand = [
            claims.c.stated_at < before,
            or_(claims.c.withdrawn_at.is_(None), claims.c.withdrawn_at >= before),
        ]
    found = await connection.execute(
        select(claims)
        .where(
            claims.c.buyer == buyer,
            claims.c.financial_year == financial_year,
            *stand,
        )
        .order_by(claims.c.stated_at, claims.c.claim_id)
    )
    return [
        Claim(
            claim_id=UUID(row["claim_id"]),
            figure=row["figure"],
            printed=row["printed"],
            source=row["source"],
        )
        for row in found.mappings()
    ]


async def history_of_claims(
    connection: AsyncConnection, buyer: str, financial_year: str
) -> list[RowMapping]:
    """Every claim of a statement, with those withdrawn and who did what, the oldest first."""
    found = await connection.execute(
        select(claims)
        .where(claims.c.buyer == buyer, claims.c.financial_year == financial_year)
        .order_by(claims.c.stated_at, claims.c.claim_id)
    )
    return list(found.mappings())


async def record_claims(
    tx: AsyncConnection,
    buyer: str,
    financial_year: str,
    stated: Sequence[Claim],
    who: str,
    now: datetime,
) -> None:
    """State claims; Conflict where more than MOST_CLAIMS would stand, and none is stated then.

    `tx` is one that sees what commits while it waits for its turn (read committed).
    """
    await await_turn(tx, "claims", buyer, financial_year)
    if await _count_standing(tx, buyer, financial_year) + len(stated) > MOST_CLAIMS:
        raise Conflict(f"more than {MOST_CLAIMS} claims would stand: withdraw some first")
    of = {"buyer": buyer, "financial_year": financial_year, "who": who, "stated_at": now}
    rows = [claim.model_dump() | {"claim_id": str(claim.claim_id)} | of for claim in stated]
    await tx.execute(claims.insert(), rows)


async def _count_standing(tx: AsyncConnection, buyer: str, financial_year: str) -> int:
    counted = select(func.count()).where(
        claims.c.buyer == buyer,
        claims.c.financial_year == financial_year,
        claims.c.withdrawn_at.is_(None),
    )
    return int(await tx.scalar(counted) or 0)


async def withdraw_claim(
    tx: AsyncConnection, buyer: str, financial_year: str, claim_id: str, who: str, now: datetime
) -> bool:
    """Withdraw a claim that stands; False where none of this statement does."""
    found = await tx.execute(
        update(claims)
        .where(
            claims.c.claim_id == claim_id,
            claims.c.buyer == buyer,
            claims.c.financial_year == financial_year,
            claims.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, withdrawn_by=who)
    )
    return bool(found.rowcount)
