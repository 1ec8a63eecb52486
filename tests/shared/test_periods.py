"""Periods as they are written, and which notice fits the term of an agreement."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from shared.periods import fits_the_term, later, parts, span

START, END = date(2026, 4, 1), date(2027, 3, 31)


def test_a_period_is_read_by_its_parts() -> None:
    assert parts("P1Y6M") == {"years": 1, "months": 6}
    assert parts("10WD") == {"working days": 10}
    assert later(date(2026, 1, 31), "P1M10D") == date(2026, 3, 10)
    with pytest.raises(ValueError, match="10WD"):
        span("10WD")


@pytest.mark.parametrize(
    ("period", "fits"),
    [
        ("P1Y", True),
        ("P12M1D", False),
        ("P365D", True),
        ("P366D", False),
        ("P52W", True),
        ("261WD", True),  # all its days from Monday to Friday
        ("262WD", False),
        ("300WD", False),
    ],
)
def test_notice_as_long_as_the_agreement_fits_and_longer_does_not(period: str, fits: bool) -> None:
    assert fits_the_term(period, START, END) == fits


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1, 300), st.integers(0, 500))
def test_working_days_without_bank_holidays_are_counted_on_fingers(
    start: date, count: int, length: int
) -> None:
    days = [start + timedelta(days=each) for each in range(length + 1)]
    weekdays = [day for day in days if day.isoweekday() <= 5]
    assert fits_the_term(f"{count}WD", start, days[-1]) == (len(weekdays) >= count)


_parts = st.integers(0, 40)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), _parts, _parts, _parts, st.integers(-9, 9))
def test_a_period_is_added_as_dateutil_adds_it(
    day: date, years: int, months: int, days: int, times: int
) -> None:
    by_dateutil = day + relativedelta(years=years, months=months, days=days) * times
    assert later(day, f"P{years}Y{months}M{days}D", times) == by_dateutil
    assert later(day, f"P{days}W", times) == day + timedelta(weeks=days * times)
