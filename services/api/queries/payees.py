"""Which supplier an id stands for, and whose payee it is shown as."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.tables import NAMED
from services.api.withheld.personal import may_see, officer_of
from shared.access import Caller

MAY_BE_PERSON = f"({NAMED}) is not true"
"""As `personal.may_be_person`, of `suppliers` joined from the left."""

# Each kind of id is looked for alike, so that neither answer nor time tells which there is.
_OF_ID = f"""
    select supplier_id::text, buyer from payees left join suppliers using (supplier_id)
    where withheld_id = cast(:id as uuid) and {MAY_BE_PERSON}
    union all
    select asked.id::text, null from (values (cast(:id as uuid))) as asked (id)
    left join suppliers on supplier_id = asked.id where not ({MAY_BE_PERSON})
    union all
    select supplier_id::text, buyer from payees left join suppliers using (supplier_id)
    where supplier_id = cast(:id as uuid) and {MAY_BE_PERSON}
    and (cast(:own as text[]) is null or buyer = any(cast(:own as text[])))
"""  # noqa: S608 - our own text


class Payee(NamedTuple):
    """A supplier by its own id, and the buyers as whose payee it is meant; None for all.

    `withheld`: it may be a person whom the caller may not see.
    """

    supplier_id: str
    buyers: frozenset[str] | None
    withheld: bool


async def find_payee(connection: AsyncConnection, shown_id: str, caller: Caller) -> Payee | None:
    """The payee whom an id means to this caller; None where it means nobody.

    The id of one whose name is withheld means the payee of one buyer. A supplier's own id means, of
    one that may be a person, the payee of the caller's own buyers, and nobody where there is none.
    """
    own = officer_of(caller)
    asked = {"id": shown_id, "own": None if own is None else sorted(own)}
    found = (await connection.execute(text(_OF_ID), asked)).all()
    if not found:
        return None
    buyers = frozenset(row.buyer for row in found if row.buyer is not None)
    withheld = bool(buyers) and not may_see(caller, buyers)
    return Payee(found[0].supplier_id, buyers or None, withheld)
