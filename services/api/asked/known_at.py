"""The moment by which something must have been recorded to be known at the end of a day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.errors import Rejected

_UK = ZoneInfo("Europe/London")


def end_of(day: date | None, today: date, field: str) -> datetime | None:
    """The first moment that is after a day in the United Kingdom, in UTC; None where none is given.

    Rejected: a day that has not come, of which nothing can be known.
    """
    if day is None:
        return None
    if day > today:
        raise Rejected(f"{day} has not come: what is known then, nobody knows today", field)
    return datetime.combine(day + timedelta(days=1), time(), _UK).astimezone(UTC)


def day_ended(before: datetime) -> date:
    """The day in the United Kingdom that `end_of` gave this moment for."""
    return before.astimezone(_UK).date() - timedelta(days=1)


def check_known_by(before: datetime | None, first: datetime | None, field: str) -> None:
    """Rejected: the first payment was recorded after that moment; 0 pounds would read as a fact."""
    if before is None or first is None or first < before:
        return
    raise Rejected(
        f"nothing had been recorded by {day_ended(before)}: the first payment was recorded on "
        f"{first.astimezone(_UK):%Y-%m-%d}",
        field,
    )
