"""Take up bank holidays: those shipped, and those that somebody loads."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.dates.bank_holidays import (
    DIVISIONS,
    SHIPPED,
    SHIPPED_AS_AT,
    Calendars,
    read_file,
)
from services.notify.queries.calendars import (
    LoadedKind,
    calendars_in_force,
    keep_calendar,
    keep_shipped,
)
from services.notify.queries.notifications import hold_matching
from shared.database import begin
from shared.logs import logger

_A_YEAR = timedelta(days=365)


async def keep_shipped_calendars(engine: AsyncEngine, now: datetime) -> Calendars:
    """Keep what comes with this version of the program; return what is in force.

    What somebody loaded since stays in force, for all replicas.
    """
    async with begin(engine) as tx:
        await hold_matching(tx, exclusive=True)
        await keep_shipped(tx, read_file(SHIPPED), SHIPPED_AS_AT, now)
        return await calendars_in_force(tx)


def warn_where_it_ends(calendars: Calendars, today: date) -> None:
    """Log each division whose bank holidays are not known, or confirmed, for the year to come."""
    for division in DIVISIONS:
        last = calendars.of(division).confirmed
        if last < today + _A_YEAR:
            logger.warning("calendar.ends", division=division, last=last.isoformat())


async def load_calendar(
    engine: AsyncEngine, kind: LoadedKind, content: str, today: date, now: datetime
) -> tuple[Calendars, Calendars]:
    """Put bank holidays or extra days in force; return the calendars before and after.

    Agreements whose terms count working days are planned anew by the running service. Rejected
    names what is wrong with the content, and then nothing is kept.
    """
    await keep_shipped_calendars(engine, now)
    async with begin(engine) as tx:
        # Alone: nobody plans by one calendar while another comes into force.
        await hold_matching(tx, exclusive=True)
        before = await calendars_in_force(tx)
        await keep_calendar(tx, kind, content, max(today, SHIPPED_AS_AT), now)
        return before, await calendars_in_force(tx)
