"""Who is recalled when the recipients of an agreement change."""

from itertools import product

import pytest

from services.notify.telling.recipient import Recall, Told, revise_recipients


def told(*, waits: bool, tried: bool, stands: bool, takes_back: bool) -> Told:
    return Told(
        *("n", "e", "s", "o", "a", "b", "notice"), waits, tried, stands, takes_back, 1, 2, {}
    )


@pytest.mark.parametrize(("waits", "tried"), list(product((True, False), repeat=2)))
def test_a_notice_that_waits_is_cancelled_and_one_that_was_tried_withdrawn(
    *, waits: bool, tried: bool
) -> None:
    one = told(waits=waits, tried=tried, stands=True, takes_back=False)
    recall = revise_recipients([one], {("a", "another"), ("another", "s")})
    assert recall == Recall([one] if waits else [], [one] if tried else [])
    assert revise_recipients([one], {("a", "s")}) == Recall()


def test_a_withdrawal_on_its_way_is_replaced_and_what_is_long_over_left() -> None:
    waiting = told(waits=True, tried=False, stands=False, takes_back=True)
    over = told(waits=False, tried=True, stands=False, takes_back=False)
    assert revise_recipients([waiting, over], set()) == Recall([waiting], [waiting])
