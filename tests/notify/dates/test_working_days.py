"""Working days across Easter and Christmas, in each division, and where the calendar ends."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.dates.working_days import Calendar
from tests.notify.dates import oracle
from tests.notify.dates.oracle import CALENDARS, DAYS, ENGLAND, ONE_DAY


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        (date(2026, 11, 24), date(2026, 12, 4)),
        (date(2026, 3, 25), date(2026, 4, 8)),  # Good Friday and Easter Monday
        (date(2027, 3, 18), date(2027, 4, 1)),
        (date(2026, 12, 17), date(2026, 12, 31)),  # Christmas Day, and Boxing Day's Monday
        (date(2026, 12, 23), date(2027, 1, 7)),
        (date(2027, 12, 22), date(2028, 1, 6)),  # substitutes on Monday and Tuesday
    ],
)
def test_eight_working_days_across_easter_and_christmas(start: date, ends: date) -> None:
    assert ENGLAND.working_day_after(start, 8) == ends


def test_each_division_keeps_its_own_days() -> None:
    after = [one.working_day_after(date(2026, 4, 2), 1) for one in CALENDARS]
    assert after == [date(2026, 4, 7), date(2026, 4, 6), date(2026, 4, 7)]
    july = [one.working_day_after(date(2026, 7, 10), 1) for one in CALENDARS]
    assert july == [date(2026, 7, 13), date(2026, 7, 13), date(2026, 7, 14)]


@settings(deadline=None)  # it goes from day to day
@given(DAYS, st.integers(1, 300), st.sampled_from(CALENDARS))
def test_they_are_those_that_are_counted_one_by_one(
    day: date, count: int, calendar: Calendar
) -> None:
    expected = oracle.working_day_after(day, count, calendar.division)
    assert calendar.working_day_after(day, count) == expected
    assert calendar.is_working_day(day) == oracle.is_working_day(day, calendar.division)
    assert calendar.working_day_from(day) == calendar.working_day_after(day - ONE_DAY, 1)


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 2, 28))), st.integers(1, 30))
def test_any_days_may_be_bank_holidays(holidays: list[date], count: int) -> None:
    calendar = Calendar("scotland", holidays, date(2026, 1, 1), date(2026, 12, 31))
    day, left = date(2026, 1, 1), count
    while left:
        day += ONE_DAY
        left -= day.isoweekday() <= 5 and day not in holidays
    assert calendar.working_day_after(date(2026, 1, 1), count) == day


def test_it_says_where_the_calendar_ends() -> None:
    assert ENGLAND.doubt(date(2019, 1, 1), date(2028, 12, 31)) is None
    assert "ends on 2028-12-31" in str(ENGLAND.doubt(date(2028, 12, 1), date(2029, 1, 1)))
    assert "begins on 2019-01-01" in str(ENGLAND.doubt(date(2018, 12, 31), date(2019, 1, 2)))
