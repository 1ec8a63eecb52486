"""Lists of what an organisation was paid: of the suppliers that were matched with it."""

from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.suppliers import suppliers_of

OfOrganisation = Annotated[
    str | None,
    Query(description="By org-id: to the suppliers that were matched with it"),
]


async def narrow_suppliers(
    connection: AsyncConnection, supplier: str | None, organisation: str | None
) -> tuple[str, ...] | None:
    """The suppliers of a list: this one, those of the organisation, or what is both; None for all.

    Rejected: an organisation that no supplier is.
    """
    of = await suppliers_of(connection, [organisation] if organisation else [])
    if supplier is None:
        return of
    return (supplier,) if of is None or supplier in of else ()
