"""Notice arithmetic: corresponding dates, clear days, the last safe day to serve."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.dates import (
    expiry,
    later,
    latest_safe_service,
    latest_service,
    notice_in_words,
    period_in_words,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
PERIODS = st.one_of(
    st.integers(0, 36).map(lambda months: f"P{months}M"),
    st.integers(0, 150).map(lambda weeks: f"P{weeks}W"),
    st.integers(0, 1000).map(lambda days: f"P{days}D"),
    st.tuples(st.integers(0, 3), st.integers(0, 11), st.integers(0, 40)).map(
        lambda each: "P{}Y{}M{}D".format(*each)
    ),
)
ONE_DAY = timedelta(days=1)


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
    ],
)
def test_notice_expires_on_the_corresponding_date(served: date, period: str, ends: date) -> None:
    assert expiry(served, period) == ends
    assert expiry(served, period, clear=True) == ends + ONE_DAY


@pytest.mark.parametrize(
    ("end", "period", "plain", "clear"),
    [
        (date(2027, 3, 31), "P3M", date(2026, 12, 31), date(2026, 12, 30)),
        (date(2027, 3, 31), "P6M", date(2026, 9, 30), date(2026, 9, 30)),
        (date(2027, 3, 31), "P12M", date(2026, 3, 31), date(2026, 3, 30)),
        # Taking six months away would give 28 August.
        (date(2027, 2, 28), "P6M", date(2026, 8, 31), date(2026, 8, 27)),
        (date(2027, 3, 31), "P12W", date(2027, 1, 6), date(2027, 1, 5)),
        (date(2027, 3, 31), "P90D", date(2026, 12, 31), date(2026, 12, 30)),
    ],
)
def test_the_earlier_reading_is_advised(end: date, period: str, plain: date, clear: date) -> None:
    assert latest_service(end, period) == plain
    assert latest_service(end, period, clear=True) == clear
    advised = latest_safe_service(end, period)
    assert advised.value == min(plain, clear)
    assert ("corresponding date" in advised.rule) == (period[-1] in "MY")


def test_the_rule_names_both_readings_where_they_differ() -> None:
    assert "31 August 2026" in latest_safe_service(date(2027, 2, 28), "P6M").rule
    assert "in clear days too" in latest_safe_service(date(2027, 3, 31), "P6M").rule


@given(DAYS, PERIODS, st.booleans())
def test_a_day_later_would_be_too_late(end: date, period: str, clear: bool) -> None:
    latest = latest_service(end, period, clear=clear)
    assert expiry(latest, period, clear=clear) <= end
    assert expiry(latest + ONE_DAY, period, clear=clear) > end


@given(DAYS, PERIODS)
def test_the_advised_day_is_safe_in_both_readings(end: date, period: str) -> None:
    advised = latest_safe_service(end, period).value
    assert expiry(advised, period) <= end
    assert expiry(advised, period, clear=True) <= end


@pytest.mark.parametrize("period", ["P1M", "P3M", "P6M", "P1Y", "P12W", "P1M15D"])
def test_it_holds_for_every_end_of_twenty_years(period: str) -> None:
    end = date(2020, 1, 1)
    while end.year <= 2040:
        for clear in (False, True):
            latest = latest_service(end, period, clear=clear)
            assert expiry(latest, period, clear=clear) <= end
            assert expiry(latest + ONE_DAY, period, clear=clear) > end
        end += ONE_DAY


@given(DAYS, PERIODS)
def test_later_service_never_expires_earlier(served: date, period: str) -> None:
    assert expiry(served, period) <= expiry(served + ONE_DAY, period)


@given(DAYS, st.integers(1, 36))
def test_nothing_sticks_to_month_ends(served: date, months: int) -> None:
    ends = later(served, f"P{months}M")
    assert ends.day == served.day or (ends + ONE_DAY).day == 1
    assert (ends.year * 12 + ends.month) - (served.year * 12 + served.month) == months


@pytest.mark.parametrize(
    ("period", "words", "notice"),
    [
        ("P6M", "6 months", "6 months' notice"),
        ("P1M", "1 month", "1 month's notice"),
        ("P12W", "12 weeks", "12 weeks' notice"),
        ("P1Y6M", "1 year and 6 months", "1 year and 6 months' notice"),
        ("P1Y2M1D", "1 year, 2 months and 1 day", "1 year, 2 months and 1 day's notice"),
    ],
)
def test_a_period_in_words(period: str, words: str, notice: str) -> None:
    assert (period_in_words(period), notice_in_words(period)) == (words, notice)
