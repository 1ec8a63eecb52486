"""Bank holidays in the database: by which every replica counts working days."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notify.dates.bank_holidays import NO_EXTRA_DAYS, Calendars, read_calendars
from services.notify.tables import calendars
from shared.errors import Misconfigured

LoadedKind = Literal["published", "extra"]
CalendarKind = LoadedKind | Literal["shipped"]
_PUBLISHED: tuple[CalendarKind, ...] = ("shipped", "published")


async def calendars_in_force(tx: AsyncConnection) -> Calendars:
    """What was published last, with the extra days; hold the matching first, so that it stays.

    The days shipped that lie beyond it are from the database too, so that all replicas count alike.
    """
    published = await kept_calendar(tx, *_PUBLISHED)
    if published is None:
        raise Misconfigured("no bank holidays are kept; a service that starts keeps those shipped")
    extra, shipped = [await kept_calendar(tx, kind) for kind in ("extra", "shipped")]
    return read_calendars(published, extra or NO_EXTRA_DAYS, shipped or NO_EXTRA_DAYS)


async def kept_calendar(tx: AsyncConnection, *kinds: CalendarKind) -> str | None:
    """What is in force of these kinds."""
    newest = await _newest(tx, kinds)
    return newest.content if newest else None


async def keep_shipped(tx: AsyncConnection, content: str, as_at: date, now: datetime) -> None:
    """Keep what comes with a version of the program, once: it holds as at a day of its own."""
    same = select(calendars.c.seq).where(
        calendars.c.kind == "shipped", calendars.c.as_at == as_at, calendars.c.content == content
    )
    if (await tx.execute(same.limit(1))).first() is None:
        await _insert(tx, "shipped", content, as_at, now)


async def keep_calendar(
    tx: AsyncConnection, kind: LoadedKind, content: str, as_at: date, now: datetime
) -> None:
    """Keep what was loaded, unless just that is in force already since the same day."""
    newest = await _newest(tx, _PUBLISHED if kind == "published" else (kind,))
    if newest is None or (newest.content, newest.as_at) != (content, as_at):
        await _insert(tx, kind, content, as_at, now)


async def _newest(tx: AsyncConnection, kinds: Sequence[CalendarKind]) -> Any:
    newest = (
        select(calendars.c.content, calendars.c.as_at)
        .where(calendars.c.kind.in_(kinds))
        .order_by(calendars.c.as_at.desc(), calendars.c.seq.desc())
        .limit(1)
    )
    return (await tx.execute(newest)).first()


async def _insert(
    tx: AsyncConnection, kind: CalendarKind, content: str, as_at: date, now: datetime
) -> None:
    row = {"kind": kind, "as_at": as_at, "content": content, "given_at": now}
    await tx.execute(insert(calendars).values(row))
