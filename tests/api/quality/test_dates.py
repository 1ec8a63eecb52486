"""Days that are wrong, and days on which nothing was paid."""

from datetime import date, timedelta

from services.api.quality.dates import dated_long_before, gaps, main_part
from tests.api.quality.ledgers import month

MONDAYS = [date(2024, 1, 1) + timedelta(weeks=number) for number in range(50)]


def test_a_few_payments_of_years_before_stray() -> None:
    others = [month(number) for number in range(12)]
    months = [month(-300, 1), month(-150, 2), *others]
    assert main_part(months) == (months[:2], others)
    [found] = dated_long_before(months)
    assert (found.since, found.sum.lines) == (date(1997, 4, 1), 3)


def test_a_history_with_a_hole_does_not_stray() -> None:
    assert not list(dated_long_before([*map(month, range(12)), *map(month, range(30, 40))]))


def test_weekly_payments_that_miss_three_weeks_have_a_gap() -> None:
    [found] = gaps([day for day in MONDAYS if day not in MONDAYS[10:13]])
    assert (found.since, found.until) == (MONDAYS[9] + timedelta(1), MONDAYS[13] - timedelta(1))
    assert (found.measure, found.usual) == (27, 6)


def test_a_pause_at_christmas_and_a_missing_month_are_no_gap_of_days() -> None:
    assert not list(gaps([day for day in MONDAYS if day != MONDAYS[20]]))
    assert not list(gaps([day for day in MONDAYS if day.month != 5]))
    assert not list(gaps([date(2024, number, 28) for number in range(1, 13)]))
