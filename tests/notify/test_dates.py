"""Notice arithmetic: corresponding dates, clear days, the last safe day to serve."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.dates import add_months, expiry, latest_safe_service, latest_service

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
MONTHS = st.integers(0, 36)
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("served", "months", "ends"),
    [
        (date(2024, 9, 30), 4, date(2025, 1, 30)),  # Dodds v Walker: never the 31st
        (date(2024, 10, 31), 4, date(2025, 2, 28)),
        (date(2023, 10, 31), 4, date(2024, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 2, 28), 6, date(2027, 8, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 3, date(2027, 3, 31)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
    ],
)
def test_notice_expires_on_the_corresponding_date(served: date, months: int, ends: date) -> None:
    assert expiry(served, months) == ends
    assert expiry(served, months, clear=True) == ends + ONE_DAY


@pytest.mark.parametrize(
    ("end", "months", "plain", "clear"),
    [
        (date(2027, 3, 31), 3, date(2026, 12, 31), date(2026, 12, 30)),
        (date(2027, 3, 31), 6, date(2026, 9, 30), date(2026, 9, 30)),
        (date(2027, 3, 31), 12, date(2026, 3, 31), date(2026, 3, 30)),
        # Taking six months away would give 28 August.
        (date(2027, 2, 28), 6, date(2026, 8, 31), date(2026, 8, 27)),
    ],
)
def test_the_earlier_reading_is_advised(end: date, months: int, plain: date, clear: date) -> None:
    assert latest_service(end, months) == plain
    assert latest_service(end, months, clear=True) == clear
    advised = latest_safe_service(end, months)
    assert advised.value == min(plain, clear)
    assert "corresponding date" in advised.rule


def test_the_rule_names_both_readings_where_they_differ() -> None:
    assert "31 August 2026" in latest_safe_service(date(2027, 2, 28), 6).rule
    assert "in clear days too" in latest_safe_service(date(2027, 3, 31), 6).rule


@given(DAYS, MONTHS, st.booleans())
def test_a_day_later_would_be_too_late(end: date, months: int, clear: bool) -> None:
    latest = latest_service(end, months, clear=clear)
    assert expiry(latest, months, clear=clear) <= end
    assert expiry(latest + ONE_DAY, months, clear=clear) > end


@given(DAYS, MONTHS)
def test_the_advised_day_is_safe_in_both_readings(end: date, months: int) -> None:
    advised = latest_safe_service(end, months).value
    assert expiry(advised, months) <= end
    assert expiry(advised, months, clear=True) <= end


@pytest.mark.parametrize("months", [1, 3, 6, 12])
def test_it_holds_for_every_end_of_twenty_years(months: int) -> None:
    end = date(2020, 1, 1)
    while end.year <= 2040:
        for clear in (False, True):
            latest = latest_service(end, months, clear=clear)
            assert expiry(latest, months, clear=clear) <= end
            assert expiry(latest + ONE_DAY, months, clear=clear) > end
        end += ONE_DAY


@given(DAYS, st.integers(0, 36))
def test_later_service_never_expires_earlier(served: date, months: int) -> None:
    assert expiry(served, months) <= expiry(served + ONE_DAY, months)


@given(DAYS, st.integers(1, 36))
def test_nothing_sticks_to_month_ends(served: date, months: int) -> None:
    later = add_months(served, months)
    assert later.day == served.day or (later + ONE_DAY).day == 1
    assert (later.year * 12 + later.month) - (served.year * 12 + served.month) == months
