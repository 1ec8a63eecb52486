"""Which pounds a reclassification moves."""

from datetime import date
from typing import Any

import pytest

from services.classify.pounds.paid import Paid
from services.classify.runs.moved import Move, Moving, State, Tally
from tests.support.suppliers import supplier_id

LEEDS, BRADFORD = "GB-LAE-LDS", "GB-LAE-BRD"
BECK = supplier_id("Beck")
OPEN = (date.min, date.max)
UNTIL_2015 = (date.min, date(2015, 6, 30))


def paid(day: date, pence: int, buyer: str = LEEDS, lines: int = 1) -> Paid:
    return Paid(BECK, buyer, day, lines, lines * pence)


def moves(before: State, after: State, *payments: Paid) -> list[Move]:
    tally = Tally({BECK: Moving(before, after)})
    for payment in payments:
        tally.add(payment)
    return tally.moves()


PAYMENTS = (
    paid(date(2014, 5, 1), 100),
    paid(date(2015, 6, 30), 20),
    paid(date(2015, 7, 1), 3),
    paid(date(2016, 1, 1), -1, BRADFORD),
)


def test_of_a_charity_removed_in_2015_what_was_paid_later_moves() -> None:
    assert moves(
        State("auto", {"charity": [OPEN]}), State("auto", {"charity": [UNTIL_2015]}), *PAYMENTS
    ) == [
        Move(BRADFORD, "charity", "counts", "does not count", 1, 1, -1),
        Move(LEEDS, "charity", "counts", "does not count", 1, 1, 3),
    ]


def test_what_a_correction_takes_back_moves_nothing() -> None:
    before, after = State("none", {}), State("auto", {})
    taken_back = [paid(date(2014, 5, 1), 100, lines=-1)]
    assert moves(before, after, *PAYMENTS[:1], *taken_back) == []
    assert moves(before, after, *taken_back, *PAYMENTS[:3]) == [
        Move(LEEDS, "tier", "none", "auto", 1, 2, 23)
    ]


def test_between_tiers_all_moves_and_each_definition_goes_its_own_way() -> None:
    assert moves(State("none", {}), State("auto", {"charity": [UNTIL_2015]}), *PAYMENTS[:3]) == [
        Move(LEEDS, "charity", "does not count", "counts", 1, 2, 120),
        Move(LEEDS, "tier", "none", "auto", 1, 3, 123),
    ]


@pytest.mark.parametrize(
    "days",
    [[(date.min, date(2015, 1, 1)), (date(2015, 1, 2), date.max)], [OPEN]],
)
def test_the_same_days_in_other_periods_move_nothing(days: Any) -> None:
    assert moves(State("auto", {"c": [OPEN]}), State("auto", {"c": days}), *PAYMENTS) == []
