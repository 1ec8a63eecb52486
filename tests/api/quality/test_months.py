"""What is missing, overdue, late or in part, and what is no alarm."""

from datetime import date

import pytest

from services.api.asked.periods import Span
from services.api.quality.months import (
    late_months,
    missing_months,
    negative_months,
    overdue_months,
    partial_months,
    round_months,
)
from services.api.quality.publication import duty_of
from tests.api.quality.ledgers import month

COUNCIL, BOARD = duty_of("GB-LAE-LDS"), duty_of("GB-NHS-QWO")
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("buyer", "month", "due"),
    [  # Local Government Transparency Code 2015: within one month of the quarter's end
        ("GB-LAE-LDS", date(2024, 4, 1), date(2024, 7, 31)),
        ("GB-LAE-LDS", date(2024, 6, 1), date(2024, 7, 31)),
        ("GB-LAE-LDS", date(2024, 12, 1), date(2025, 1, 31)),
        ("GB-NHS-QWO", date(2024, 1, 1), date(2024, 2, 29)),
        ("GB-NHS-QWO", date(2024, 12, 1), date(2025, 1, 31)),
    ],
)
def test_a_month_is_due_within_a_month_of_what_it_is_published_with(
    buyer: str, month: date, due: date
) -> None:
    duty = duty_of(buyer)
    assert duty is not None
    assert duty.due(month) == due


def test_of_a_body_of_another_kind_no_duty_is_known() -> None:
    assert duty_of("GB-COH-00000001") is None


def test_missing_are_the_months_between_those_that_are_there() -> None:
    there = [month(0), month(1), month(4), month(6)]
    found = list(missing_months(there, Span(date(2022, 4, 1), date(2022, 11, 3))))
    assert [(each.since, each.until, each.measure) for each in found] == [
        (date(2022, 6, 1), date(2022, 7, 31), 2),
        (date(2022, 9, 1), date(2022, 9, 30), 1),
        (date(2022, 11, 1), date(2022, 11, 30), 1),
    ]


@pytest.mark.parametrize(
    ("as_of", "until"),
    [
        ("2024-08-07", None),  # the week after the last day is for loading
        ("2024-08-08", "2024-06-30"),
        ("2024-11-08", "2024-09-30"),
    ],
)
def test_a_quarter_is_overdue_a_week_after_its_last_day(as_of: str, until: str | None) -> None:
    assert COUNCIL is not None
    days = date(2024, 3, 28), date.max
    found = list(overdue_months(*days, COUNCIL, date.fromisoformat(as_of)))
    assert [each.until.isoformat() for each in found] == ([until] if until else [])


def test_a_body_that_was_succeeded_owes_no_month_after_its_last_day() -> None:
    assert BOARD is not None
    found = list(overdue_months(date(2022, 5, 31), date(2022, 6, 30), BOARD, TODAY))
    assert [(each.since, each.until) for each in found] == [(date(2022, 6, 1), date(2022, 6, 30))]


def test_history_loaded_in_one_go_is_not_late_and_a_month_after_it_may_be() -> None:
    assert BOARD is not None
    loaded, later = date(2024, 6, 10), date(2024, 9, 20)
    history = [month(number, recorded={loaded: 100}) for number in range(26)]
    in_time = month(26, recorded={date(2024, 7, 31): 60, later: 40})  # June
    late = month(27, recorded={date(2024, 9, 7): 50, later: 50})  # July, due on 31 August
    found = list(late_months([*history, in_time, late], loaded, BOARD))
    assert [(each.since, each.measure) for each in found] == [(date(2024, 7, 1), 20)]


def test_a_month_with_a_fraction_of_the_usual_lines_is_in_part() -> None:
    lines = [3, *(100 + 10 * (number % 3) for number in range(16))]
    lines[9] = 20
    months = [month(number, count) for number, count in enumerate(lines)]
    [found] = partial_months(months, COUNCIL, TODAY)
    assert (found.since, found.measure, found.usual) == (date(2023, 1, 1), 20, 110)


@pytest.mark.parametrize(
    "lines",
    [
        [100, 100, 100, 60, 100, 100, 100, 100],  # a quiet August
        [9, 8, 9, 1, 9, 8, 9, 9],  # few lines vary by chance
        [10, 400, 80, 300, 40, 500, 20, 600, 30],  # this buyer has no usual
    ],
)
def test_ordinary_months_are_not_in_part(lines: list[int]) -> None:
    months = [month(number, count) for number, count in enumerate(lines)]
    assert not list(partial_months(months, COUNCIL, TODAY))


def test_a_month_that_is_not_due_yet_is_not_in_part() -> None:
    months = [*(month(number) for number in range(12)), month(12, 5)]  # April 2023
    assert not list(partial_months(months, COUNCIL, date(2023, 8, 7)))
    assert list(partial_months(months, COUNCIL, date(2023, 8, 8)))


def test_a_month_whose_credits_exceed_its_payments_is_negative() -> None:
    [found] = negative_months([month(0), month(1, pence=-5_00), month(2, pence=0)])
    assert (found.since, found.measure) == (date(2022, 5, 1), -5)


def test_round_sums_are_told_against_the_buyers_own_usual() -> None:
    grants = [month(number, thousands=60 + number % 3) for number in range(12)]
    assert not list(round_months(grants)), "a grant maker's sums are round"
    usual = [month(number, thousands=2 + number % 3) for number in range(12)]
    [found] = round_months([*usual, month(12, thousands=30)])
    assert (found.since, found.measure, found.sum.lines) == (date(2023, 4, 1), 0.3, 30)
