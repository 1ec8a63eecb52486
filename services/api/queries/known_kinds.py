"""Which values a filter may have: those of agreements, and what is known of any supplier."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.agreements.agreed import KINDS, RECURRENCES, ROUTES
from services.api.asked.question import OF_AGREEMENTS, choose
from services.api.tables import suppliers

_OF_AGREEMENTS = dict(zip(OF_AGREEMENTS, (ROUTES, KINDS, RECURRENCES), strict=True))


async def choose_kinds(
    connection: AsyncConnection, asked: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The filters that were given, by their groups; '' is "not known", of suppliers only.

    Values are repeated or a comma list. Rejected: one that nothing is, with those that there are.
    """
    found = []
    for name, values in asked.items():
        chosen = [part.strip() for value in values for part in value.split(",")]
        if not chosen:
            continue
        if name in _OF_AGREEMENTS:
            choose(chosen, _OF_AGREEMENTS[name], name)
        else:
            column = suppliers.c[name]
            known = await connection.scalars(
                select(column).where(column.is_not(None)).distinct().order_by(column)
            )
            choose([value for value in chosen if value], list(known), name)
        found.append((name, tuple(chosen)))
    return tuple(found)
