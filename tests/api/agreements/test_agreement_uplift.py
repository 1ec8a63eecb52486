"""What uplifts of an agreement add to one year against another."""

from datetime import date

import pytest

from services.api.agreements.agreement_uplift import Terms, uplift_between
from services.api.asked.periods import financial_year

FIRST, LAST = financial_year("2023-24"), financial_year("2024-25")
AGREED = Terms(date.min, 1, (), {"eol": 1_000_000_00})
NET = 1_004_000_00
"""A year at 2% uplift less 1.6% efficiency."""


def _varied(day: date, *changes: str, pence: int = NET, version: int = 2) -> Terms:
    return Terms(day, version, changes, {"eol": pence})


@pytest.mark.parametrize(
    ("varied", "said"),
    [
        (_varied(date(2024, 4, 1), "value"), 4_000_00),
        (_varied(date(2024, 4, 1), "value", "extension"), 4_000_00),
        (_varied(date(2024, 10, 1), "value"), 1_994_52),  # 182 of 365 days
        (_varied(date(2023, 10, 1), "value"), 2_000_00),  # of 366 days it held 183 before
        (_varied(date(2025, 4, 1), "value"), 0),
        (_varied(date(2022, 4, 1), "value"), 0),  # in both years alike
        (_varied(date(2024, 4, 1), "value", "specification"), 0),
        (_varied(date(2024, 4, 1), "novation", "value"), 0),
        (_varied(date(2024, 4, 1)), 0),
        (_varied(date(2024, 4, 1), "value", pence=984_000_00), -16_000_00),
    ],
)
def test_a_variation_of_the_value_alone_is_uplift_by_days(varied: Terms, said: int) -> None:
    assert uplift_between([varied, AGREED], FIRST, LAST).get("eol", 0) == said


def test_uplifts_follow_one_another_until_the_agreement_ends() -> None:
    again = _varied(date(2024, 4, 1), "value", pence=1_008_016_00, version=3)
    both = [AGREED, _varied(date(2023, 4, 1), "value"), again]
    assert uplift_between(both, FIRST, LAST) == {"eol": 4_016_00}
    ended = uplift_between(both, FIRST, LAST, ended_on=date(2024, 4, 1))
    assert ended == {"eol": round(4_000_00 / 365 - 4_000_00 + 4_016_00 / 365)}
    replaced = _varied(date(2024, 4, 1), "specification", pence=2_000_000_00, version=4)
    assert not uplift_between([*both, replaced], FIRST, LAST), "the highest version of a day counts"
