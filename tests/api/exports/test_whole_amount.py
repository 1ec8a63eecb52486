"""What an agreement pays over its whole term, and where nobody can tell."""

from datetime import date

import pytest

from services.api.exports.whole_amount import whole_pence

APRIL = date(2024, 4, 1)


@pytest.mark.parametrize(
    ("stated", "annual", "end", "pence"),
    [
        (None, [12_000_00], date(2027, 3, 31), 36_000_00),
        (None, [10_000_00], date(2024, 9, 30), 5_000_00),
        (None, [100_01], date(2024, 9, 30), 50_01),  # a half penny rounds up
        (10_000_00, [10_000_00], date(2024, 9, 30), 10_000_00),  # as stated, whatever a year is
        (36_000_00, [12_000_00, 9_000_00], None, 36_000_00),
        (None, [12_000_00, 12_000_00], date(2026, 3, 31), 24_000_00),
        (None, [12_000_00, 9_000_00], date(2026, 3, 31), None),  # it was varied
        (None, [12_000_00], date(2026, 3, 30), None),  # no number of months
        (None, [12_000_00], None, None),
        (None, [0], date(2026, 3, 31), None),  # no value is stated
    ],
)
def test_a_total_is_stated_or_follows_exactly(
    stated: int | None, annual: list[int], end: date | None, pence: int | None
) -> None:
    assert whole_pence(stated, annual, APRIL, end) == pence
