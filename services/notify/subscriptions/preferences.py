"""When a subscriber wants to be told: at once, or once a day or week, and never on quiet days.

A preference never makes anybody late: what can't wait until the next time is sent at once, and says
so. Times of day are those of the United Kingdom, whatever the clocks do.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.notify.dates.words import in_words
from services.notify.dates.working_days import Calendar
from services.notify.planning.obligation import STAGES, ObligationKind
from shared.fields import Day
from shared.notice_terms import Division

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
LONGEST_QUIET = 92
"""Days for which a message is held at most, however many are quiet."""
AT_ONCE = date.min
"""The deadline of what can't wait at all."""

_UK = ZoneInfo("Europe/London")
_ONE_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class QuietTime(BaseModel):
    """Days on end on which nothing is sent, both included, such as a closure at Christmas."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: Day
    last: Day

    @model_validator(mode="after")
    def _in_order(self) -> "QuietTime":
        if not self.first <= self.last < self.first + timedelta(days=LONGEST_QUIET):
            raise ValueError(f"last must be on or after first, and within {LONGEST_QUIET} days")
        return self


class Preferences(BaseModel):
    """How often, at what time, and on which days not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pace: Literal["immediate", "daily", "weekly"] = "immediate"
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        default="09:00",
        description="The time of a digest, and of what waited for a day that is not quiet",
    )
    weekday: Weekday = Field(default="monday", description="The day of a weekly digest")
    quiet_weekdays: Annotated[frozenset[Weekday], Field(max_length=6)] = frozenset()
    quiet_bank_holidays: Division | None = Field(
        default=None, description="The division whose bank holidays are quiet"
    )
    quiet_times: Annotated[tuple[QuietTime, ...], Field(max_length=50)] = ()

    def is_quiet(self, day: date, calendar: Calendar) -> bool:
        """Whether nothing is sent on a day; `calendar` is that of `quiet_bank_holidays`."""
        return (
            WEEKDAYS[day.weekday()] in self.quiet_weekdays
            or (self.quiet_bank_holidays is not None and day in calendar.holidays)
            or any(one.first <= day <= one.last for one in self.quiet_times)
        )


class Sending(NamedTuple):
    """When a message is sent, whether with others, and the rule where a preference gave way."""

    at: datetime
    together: bool = False
    rule: str | None = None


def decide_sending(
    preferences: Preferences, calendar: Calendar, deadline: date | None, now: datetime
) -> Sending:
    """When a message written now is sent, where somebody must act on it by `deadline`.

    At once, whatever is preferred, where it would otherwise come on the deadline or after it.
    """
    at = next_time(preferences, calendar, now)
    if at <= now:
        return Sending(now)
    together = preferences.pace != "immediate"
    day = at.astimezone(_UK).date()
    if deadline is None or deadline > day:
        return Sending(at, together)
    later = f"the next {'digest' if together else 'day that is not quiet'} is {in_words(day)}"
    return Sending(now, rule=f"sent at once, because it can't wait: {later}")


def next_time(preferences: Preferences, calendar: Calendar, now: datetime) -> datetime:
    """The first instant from `now` on at which something may be sent."""
    today = now.astimezone(_UK).date()
    if preferences.pace == "immediate":
        open_day = _open_from(preferences, calendar, today)
        return now if open_day == today else _instant(preferences, open_day)
    times = (
        _instant(preferences, _open_from(preferences, calendar, day))
        for day in _planned_days(preferences, today)
    )
    return next(at for at in times if at >= now)


def deadline_of(
    kind: ObligationKind | None,
    due_on: date | None,
    end: date | None,
    send_by: Iterable[date],
    next_act: date | None,
) -> date | None:
    """By when somebody must act on a message of an obligation; None where no day presses.

    A stage only reminds: what presses is the next day of the agreement on which somebody must act.
    """
    if kind is None or kind in {"lapse", "paid-after-end"}:
        return AT_ONCE
    if kind == "end-date":
        return None
    days = [end, next_act] if kind in STAGES else [due_on, *send_by]
    return min((day for day in days if day is not None), default=None)


def _planned_days(preferences: Preferences, today: date) -> Iterator[date]:
    """Days of digests, from so long ago that one held over quiet days is not missed."""
    day = today - timedelta(days=LONGEST_QUIET + 7)
    step = _ONE_DAY
    if preferences.pace == "weekly":
        day += timedelta(days=(WEEKDAYS.index(preferences.weekday) - day.weekday()) % 7)
        step = _WEEK
    while True:
        yield day
        day += step


def _open_from(preferences: Preferences, calendar: Calendar, day: date) -> date:
    """The day, else the next that is not quiet; after `LONGEST_QUIET` days any day is."""
    for _ in range(LONGEST_QUIET):
        if not preferences.is_quiet(day, calendar):
            break
        day += _ONE_DAY
    return day


def _instant(preferences: Preferences, day: date) -> datetime:
    return datetime.combine(day, time.fromisoformat(preferences.at), _UK).astimezone(UTC)
