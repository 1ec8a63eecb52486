"""Two read models compared by their control totals: lines and pence by buyer and month."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.api.queries.moment import as_one
from services.api.queries.totals import Total, add_up_payments, add_up_spend, read_totals
from shared.errors import Conflict


class Difference(NamedTuple):
    """A month of a buyer that two models do not tell alike; None: one that has no line of it."""

    buyer: str
    month: date
    old: Total | None
    new: Total | None


def differences(old: Sequence[Total], new: Sequence[Total]) -> list[Difference]:
    """Every month that differs, by buyer and month. A month whose lines are all gone is none."""
    before = {(total.buyer, total.month): total for total in old if total.lines or total.pence}
    after = {(total.buyer, total.month): total for total in new if total.lines or total.pence}
    return [
        Difference(*key, before.get(key), after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]


async def totals_of(engine: AsyncEngine) -> list[Total]:
    """The control totals of a model, added up from its roll-up."""
    async with engine.connect() as connection:
        return await add_up_spend(connection)


async def kept_apart(engine: AsyncEngine, rolled_up: Sequence[Total]) -> list[Difference]:
    """Where the totals that a model keeps are not those of its roll-up."""
    async with engine.connect() as connection:
        return differences(rolled_up, await read_totals(connection))


async def check_own_totals(engine: AsyncEngine) -> None:
    """Raise Conflict unless the roll-up and the totals of a model add up to its payments."""
    async with as_one(engine) as connection:
        added_up = await add_up_payments(connection)
        found = differences(added_up, await add_up_spend(connection))
        found = found or differences(added_up, await read_totals(connection))
    if found:
        where = ", ".join(f"{each.buyer} {each.month:%Y-%m}" for each in found[:3])
        raise Conflict(
            f"the new model's roll-up does not add up to its payments in {len(found)} months "
            f"({where}): it is not put in place; `rebuild --anew` fills it again"
        )
