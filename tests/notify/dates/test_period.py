"""Months by the corresponding date rule, and how periods are said."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.dates.period import end_of
from services.notify.dates.words import notice_in_words, period_in_words
from tests.notify.dates import oracle
from tests.notify.dates.oracle import DAYS, ENGLAND, ONE_DAY, PERIODS


@pytest.mark.parametrize(
    ("served", "period", "ends"),
    [
        (date(2024, 9, 30), "P4M", date(2025, 1, 30)),  # Dodds v Walker: never the 31st
        (date(2024, 10, 31), "P4M", date(2025, 2, 28)),
        (date(2023, 10, 31), "P4M", date(2024, 2, 29)),
        (date(2026, 8, 31), "P6M", date(2027, 2, 28)),
        (date(2027, 2, 28), "P6M", date(2027, 8, 28)),
        (date(2026, 11, 30), "P3M", date(2027, 2, 28)),
        (date(2026, 12, 31), "P3M", date(2027, 3, 31)),
        (date(2027, 8, 31), "P6M", date(2028, 2, 29)),
        (date(2024, 2, 29), "P1Y", date(2025, 2, 28)),
        (date(2026, 3, 28), "P12W", date(2026, 6, 20)),
        (date(2026, 1, 31), "P90D", date(2026, 5, 1)),
        (date(2026, 1, 31), "P1M10D", date(2026, 3, 10)),
        (date(2026, 12, 17), "10WD", date(2027, 1, 5)),
    ],
)
def test_notice_expires_on_the_corresponding_date(served: date, period: str, ends: date) -> None:
    assert end_of(period, served, ENGLAND) == ends


@given(DAYS, PERIODS)
def test_it_ends_where_counting_day_by_day_ends(served: date, period: str) -> None:
    assert end_of(period, served, ENGLAND) == oracle.end_of(period, served, ENGLAND)


@given(DAYS, PERIODS)
def test_later_service_never_ends_earlier(served: date, period: str) -> None:
    assert end_of(period, served, ENGLAND) <= end_of(period, served + ONE_DAY, ENGLAND)


@given(DAYS, st.integers(1, 36))
def test_nothing_sticks_to_month_ends(served: date, months: int) -> None:
    ends = end_of(f"P{months}M", served, ENGLAND)
    assert ends.day == served.day or (ends + ONE_DAY).day == 1
    assert (ends.year * 12 + ends.month) - (served.year * 12 + served.month) == months


@pytest.mark.parametrize(
    ("period", "words", "notice"),
    [
        ("P6M", "6 months", "6 months' notice"),
        ("P1M", "1 month", "1 month's notice"),
        ("P12W", "12 weeks", "12 weeks' notice"),
        ("10WD", "10 working days", "10 working days' notice"),
        ("1WD", "1 working day", "1 working day's notice"),
        ("P1Y6M", "1 year and 6 months", "1 year and 6 months' notice"),
        ("P1Y2M1D", "1 year, 2 months and 1 day", "1 year, 2 months and 1 day's notice"),
    ],
)
def test_a_period_in_words(period: str, words: str, notice: str) -> None:
    assert (period_in_words(period), notice_in_words(period)) == (words, notice)
