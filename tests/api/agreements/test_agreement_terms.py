"""The pounds of an agreement by year, and what is unusual in its terms."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.agreements.agreement_terms import (
    BEYOND_MAXIMUM_END,
    NO_DURATION_RATIONALE,
    NO_END_DATE,
    Terms,
    by_year,
    marks,
)

FIRST = Terms(date.min, date(2024, 4, 1), date(2027, 3, 31), date(2028, 3, 31), 100_00, False)


def test_an_amount_a_year_stands_for_each_whole_year() -> None:
    assert by_year([FIRST], None) == {"2024-25": 100_00, "2025-26": 100_00, "2026-27": 100_00}


def test_a_value_variation_counts_from_its_day_by_the_days_of_the_year() -> None:
    more = FIRST._replace(effective_on=date(2025, 10, 1), annual_pence=200_00)
    # 183 days at 100 a year and 182 at 200.
    assert by_year([FIRST, more], None) == {
        "2024-25": 100_00,
        "2025-26": round((183 * 100_00 + 182 * 200_00) / 365),
        "2026-27": 200_00,
    }


def test_what_ended_early_counts_until_its_end_and_terms_after_it_never() -> None:
    never = FIRST._replace(effective_on=date(2025, 4, 1), annual_pence=900_00)
    years = by_year([FIRST, never], date(2024, 9, 30))
    assert years == {"2024-25": round(183 * 100_00 / 365)}


def test_without_an_end_there_is_no_whole_term() -> None:
    assert by_year([FIRST._replace(end=None)], None) is None
    assert by_year([FIRST._replace(end=None)], date(2025, 3, 31)) == {"2024-25": 100_00}


@given(
    st.lists(
        st.tuples(st.dates(date(2024, 4, 2), date(2027, 3, 30)), st.integers(-(10**9), 10**12)),
        max_size=5,
        unique_by=lambda variation: variation[0],
    )
)
def test_years_add_up_to_the_days_of_every_version(variations: list[tuple[date, int]]) -> None:
    history = [FIRST] + [
        FIRST._replace(effective_on=day, annual_pence=pence) for day, pence in sorted(variations)
    ]
    years = by_year(history, None)
    assert years is not None
    day, exact = FIRST.start, dict.fromkeys(years, 0)
    while day <= date(2027, 3, 31):
        in_force = [one for one in history if one.effective_on <= day][-1]
        first = day.year if day.month >= 4 else day.year - 1
        exact[f"{first}-{first - 1999}"] += in_force.annual_pence
        day += timedelta(days=1)
    for year, total in exact.items():
        assert abs(years[year] * 365 - total) * 2 <= 365  # none of these years is a leap year


@pytest.mark.parametrize(
    ("terms", "before", "expected"),
    [
        (FIRST, None, []),
        (FIRST._replace(end=None), None, [NO_END_DATE]),
        (FIRST._replace(end=date(2028, 3, 31)), FIRST, []),
        (FIRST._replace(end=date(2028, 4, 1)), FIRST, [BEYOND_MAXIMUM_END]),
        # The maximum was raised together with the end.
        (
            FIRST._replace(end=date(2029, 3, 31), maximum_end=date(2029, 3, 31)),
            FIRST,
            [BEYOND_MAXIMUM_END],
        ),
        (FIRST._replace(end=date(2030, 3, 31), maximum_end=None), None, [NO_DURATION_RATIONALE]),
        (FIRST._replace(end=date(2026, 3, 31)), None, [NO_DURATION_RATIONALE]),
        (FIRST._replace(end=date(2026, 3, 31), has_rationale=True), None, []),
        (FIRST._replace(end=date(2029, 3, 31), maximum_end=None), None, []),
    ],
)
def test_what_is_unusual_is_marked(terms: Terms, before: Terms | None, expected: list[str]) -> None:
    assert marks(terms, before) == expected
