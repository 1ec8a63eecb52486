"""Editions of the plans: every replica goes by the highest that any of them was given."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.planning.plan import Plans, read_plans
from services.notify.queries.buyers import names_of_buyers
from services.notify.tables import plans
from shared.errors import Misconfigured


async def plans_in_force(tx: AsyncConnection) -> Plans:
    """The plans of the highest edition; hold the matching first, so that they stay so.

    Buyers that their plan gives no name have that by which they were registered.
    """
    newest = select(plans.c.content).order_by(plans.c.edition.desc()).limit(1)
    content = (await tx.execute(newest)).scalar_one_or_none()
    if content is None:
        raise Misconfigured("no plans are kept; a service that starts keeps its own")
    return read_plans(content, "the plans in force").calling(await names_of_buyers(tx))


async def keep_plans(tx: AsyncConnection, given: Plans, now: datetime) -> str:
    """Keep an edition where it is not kept yet; return what is kept under its number."""
    await tx.execute(
        insert(plans)
        .values(edition=given.edition, content=given.content, first_given_at=now)
        .on_conflict_do_nothing()
    )
    kept = select(plans.c.content).where(plans.c.edition == given.edition)
    return str((await tx.execute(kept)).scalar_one())
