"""Bank holidays in the database: by which every replica counts working days."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.dates.bank_holidays import NO_EXTRA_DAYS, Calendars, read_calendars
from services.notify.tables import calendars
from shared.errors import Misconfigured

CalendarKind = Literal["published", "extra"]


async def calendars_in_force(tx: AsyncConnection) -> Calendars:
    """What was published last, with the extra days; hold the matching first, so that it stays."""
    published = await kept_calendar(tx, "published")
    if published is None:
        raise Misconfigured("no bank holidays are kept; a service that starts keeps those shipped")
    return read_calendars(published, await kept_calendar(tx, "extra") or NO_EXTRA_DAYS)


async def kept_calendar(tx: AsyncConnection, kind: CalendarKind) -> str | None:
    """What is in force of a kind."""
    newest = (
        select(calendars.c.content)
        .where(calendars.c.kind == kind)
        .order_by(calendars.c.as_at.desc(), calendars.c.seq.desc())
        .limit(1)
    )
    found: str | None = (await tx.execute(newest)).scalar_one_or_none()
    return found


async def keep_calendar(
    tx: AsyncConnection, kind: CalendarKind, content: str, as_at: date, now: datetime
) -> None:
    """Keep what was given; the same of the same day only once."""
    same = select(calendars.c.seq).where(
        calendars.c.kind == kind, calendars.c.as_at == as_at, calendars.c.content == content
    )
    if (await tx.execute(same.limit(1))).first() is None:
        row = {"kind": kind, "as_at": as_at, "content": content, "given_at": now}
        await tx.execute(insert(calendars).values(row))
