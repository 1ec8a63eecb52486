"""Take up the plans that this replica was given, unless a newer edition is in force."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.planning.plan import Plans
from services.notify.queries.notifications import hold_matching
from services.notify.queries.plans import keep_plans, plans_in_force
from shared.database import begin
from shared.errors import Misconfigured
from shared.logs import logger


async def adopt_plans(engine: AsyncEngine, given: Plans, now: datetime) -> Plans:
    """Keep the edition and return the one in force, by which all replicas plan from now on.

    Raises Misconfigured for plans that say something else than was given under their edition.
    """
    async with begin(engine) as tx:
        # Alone: nobody plans by one edition while another comes into force.
        await hold_matching(tx, exclusive=True)
        if await keep_plans(tx, given, now) != given.content:
            raise Misconfigured(
                f"edition {given.edition} of the plans says something else than was used under "
                "that number before: give changed plans a higher edition"
            )
        in_force = await plans_in_force(tx)
    if in_force.edition > given.edition:
        logger.warning("plans.older", given=given.edition, in_force=in_force.edition)
    return in_force
