"""Working days: neither Saturday nor Sunday nor a bank holiday of one division."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

from shared.notice_terms import Division

_WORKDAYS, _WEEK = 5, 7
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class Calendar:
    """The working days of one division; what is no weekend and not listed is a working day.

    Bank `holidays` are known from `first` to `last`, both included, and `confirmed` to a day up to
    the last. Outside of these days only weekends are left out, so whoever counts there says so
    (`doubt`), as does who counts by days that are not confirmed. Two calendars are never equal.
    """

    def __init__(
        self,
        division: Division,
        holidays: Iterable[date],
        first: date,
        last: date,
        confirmed: date | None = None,
    ) -> None:
        self.division = division
        self.first = first
        self.last = last
        self.confirmed = confirmed or last
        self.holidays = frozenset(day for day in holidays if day.weekday() < _SATURDAY)
        self._ordinals = sorted(day.toordinal() for day in self.holidays)

    @property
    def told(self) -> tuple[list[date], date, date, date]:
        """All that it says: the same for calendars that answer the same."""
        return sorted(self.holidays), self.first, self.last, self.confirmed

    def is_working_day(self, day: date) -> bool:
        """Whether it is one."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def working_day_from(self, day: date) -> date:
        """The day itself, else the next working day."""
        return day if self.is_working_day(day) else self.working_day_after(day, 1)

    def working_day_after(self, day: date, count: int) -> date:
        """The `count`th working day (1 or more) after a day, which is not counted itself."""
        ordinal = day.toordinal()
        weekdays = _weekdays_until(ordinal) - self._off_until(ordinal) + count
        # Of weekdays up to the answer, those that are off are counted again until none is new.
        off = self._off_until(ordinal)
        while True:
            ordinal = _nth_weekday(weekdays + off)
            if (found := self._off_until(ordinal)) == off:
                return date.fromordinal(ordinal)
            off = found

    def doubt(self, first: date, last: date) -> str | None:
        """What is not known of bank holidays between two days; None when all are."""
        if first < self.first:
            return (
                f"the calendar of bank holidays ({self.division}) begins on {self.first}: of days "
                "before that only weekends are left out"
            )
        if last > self.last:
            return (
                f"the calendar of bank holidays ({self.division}) ends on {self.last}: of days "
                "after that only weekends are left out, so check the date once it is published"
            )
        if last > self.confirmed:
            return (
                f"the calendar of bank holidays ({self.division}) that was loaded ends on "
                f"{self.confirmed}: it does not confirm the later days, which came with the "
                "program, so check the date once it does"
            )
        return None

    def _off_until(self, ordinal: int) -> int:
        return bisect_right(self._ordinals, ordinal)


def _weekdays_until(ordinal: int) -> int:
    """How many days from Monday to Friday there are up to a day; day 1 was a Monday."""
    weeks, days = divmod(ordinal, _WEEK)
    return weeks * _WORKDAYS + min(days, _WORKDAYS)


def _nth_weekday(count: int) -> int:
    weeks, days = divmod(count - 1, _WORKDAYS)
    return weeks * _WEEK + days + 1
