"""What comes back by itself: the September review, contacts, monitoring in proportion to value."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.planning.plan import MonitoringPlan, load_plans
from services.notify.planning.recurring import next_return, next_review, next_yearly
from shared.periods import later

START, END = date(2024, 4, 1), date(2027, 3, 31)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2024, 4, 1), date(2024, 9, 30)),
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2025, 10, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), None),  # it ends before the next September is over
    ],
)
def test_the_annual_review_is_in_september(today: date, day: date | None) -> None:
    assert next_review(9, START, END, today) == day


def test_what_began_within_september_is_reviewed_the_year_after() -> None:
    assert next_review(9, date(2025, 9, 2), END, date(2025, 9, 10)) == date(2026, 9, 30)


def test_february_has_its_29th() -> None:
    assert next_review(2, START, date(2030, 1, 1), date(2027, 3, 1)) == date(2028, 2, 29)


def test_contacts_are_confirmed_on_each_anniversary_before_the_end() -> None:
    assert next_yearly("P1Y", START, END, date(2024, 4, 1)) == date(2025, 4, 1)
    assert next_yearly("P1Y", START, END, date(2025, 4, 1)) == date(2025, 4, 1)
    assert next_yearly("P1Y", START, END, date(2026, 4, 2)) is None


def test_a_return_is_for_a_period_and_due_after_it_and_the_last_one_for_the_rest() -> None:
    assert next_return("P3M", "P1M", START, END, date(2026, 11, 23)) == (
        date(2026, 12, 31),
        date(2027, 1, 31),
    )
    assert next_return("P3M", "P1M", START, END, date(2027, 1, 31)) == (
        date(2026, 12, 31),
        date(2027, 1, 31),
    )
    short = date(2027, 2, 15)
    assert next_return("P3M", "P1M", START, short, date(2027, 2, 1)) == (short, date(2027, 3, 15))
    assert next_return("P3M", "P1M", START, short, date(2027, 3, 16)) is None


@given(
    today=st.dates(date(2020, 1, 1), date(2060, 12, 31)),
    start=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    every=st.sampled_from(["P1Y", "P6M", "P3M", "P1M", "P4W"]),
)
def test_the_next_is_the_first_that_has_not_passed(today: date, start: date, every: str) -> None:
    far = date(2099, 1, 1)
    day = next_yearly(every, start, far, today)
    assert day is not None
    assert day >= today
    assert day > start
    assert day <= max(later(today, every), later(start, every)) + timedelta(days=3)
    found = next_return(every, "P1M", start, far, today)
    assert found is not None
    assert found.due_on >= today
    assert found.due_on <= later(max(later(today, every), later(start, every)), "P1M")


@pytest.mark.parametrize(
    ("pounds", "every"),
    [(28_000, "P1Y"), (49_999, "P1Y"), (50_000, "P6M"), (250_000, "P3M"), (7_500_000, "P3M")],
)
def test_returns_are_in_proportion_to_value(pounds: int, every: str) -> None:
    monitoring = load_plans().default.monitoring
    assert monitoring is not None
    assert monitoring.every(pounds * 100) == every


def test_bands_that_do_not_rise_are_refused() -> None:
    bands = [{"below_pounds": None, "every": "P3M"}, {"below_pounds": 50_000, "every": "P1Y"}]
    with pytest.raises(ValueError, match="bands must rise"):
        MonitoringPlan.model_validate({"returned_within": "P1M", "bands": bands})
