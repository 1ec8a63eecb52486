"""An officer says something of a commitment, and takes it back."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.asked.periods import financial_year
from services.api.commitments.promise import read_promises
from services.api.kept.commitment_statements import (
    Stated,
    count_standing,
    find_same,
    find_statement,
    lock_commitment,
    put_statement,
    withdraw,
)
from shared.database import begin
from shared.errors import Conflict, NotKnown
from shared.identity import identify

MOST_STATEMENTS = 100
"""Of one promise of a year that stand at a time."""


class Saying:
    """What is said of one promise of a buyer's year. NotKnown: no promise has this number."""

    def __init__(self, buyer: str, year: str, number: str) -> None:
        known = [promise.number for promise in read_promises().promises]
        if number not in known:
            raise NotKnown(f"no commitment is numbered so; known are: {', '.join(known)}")
        financial_year(year)
        self.buyer, self.year, self.number = buyer, year, number


async def state_commitment(
    engine: AsyncEngine, of: Saying, day: date, says: str, who: str, now: datetime
) -> Stated:
    """Keep a dated statement beside the measure.

    The same said again is one statement while it stands, and another once it was withdrawn: when it
    stood is kept. Conflict: more than MOST_STATEMENTS of the promise would stand.
    """
    said = (of.buyer, of.year, of.number, day, who, says)
    async with begin(engine) as tx:
        await lock_commitment(tx, of.buyer, of.year, of.number)
        same = await find_same(tx, *said)
        for each in same:
            if each.withdrawn_at is None:
                return each
        if await count_standing(tx, of.buyer, of.year, of.number) >= MOST_STATEMENTS:
            raise Conflict(f"{MOST_STATEMENTS} statements of it stand: withdraw some first")
        name = identify("commitment-statement", *map(str, said), str(len(same)))
        stated = Stated(name, of.buyer, of.year, of.number, day, says, who, now)
        await put_statement(tx, stated)
        return stated


async def withdraw_statement(
    engine: AsyncEngine, of: Saying, statement_id: str, who: str, now: datetime
) -> Stated:
    """Take a statement back: it stays, and stands no longer. Done again it changes nothing.

    NotKnown: the promise has no such statement.
    """
    async with begin(engine) as tx:
        found = await find_statement(tx, statement_id)
        if found is None or found[1:4] != (of.buyer, of.year, of.number):
            raise NotKnown(f"no statement {statement_id} is kept of this commitment")
        await withdraw(tx, statement_id, who, now)
        return await find_statement(tx, statement_id) or found
