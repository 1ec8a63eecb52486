"""What follows from an attempt."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.outcome import Kind, Outcome
from services.notify.deliveries.delivery import judge_attempt, spread
from services.notify.settings import Settings
from tests.notify.facts import NOW

SCHEDULE = Settings().delivery_schedule


def test_the_shipped_schedule_is_that_of_standard_webhooks() -> None:
    assert sum(SCHEDULE) == timedelta(hours=75, minutes=35, seconds=5).total_seconds()
    assert len(SCHEDULE) == 10


@given(st.uuids().map(str), st.integers(1, 9))
def test_another_attempt_comes_when_the_schedule_says_give_or_take_a_tenth(
    notification_id: str, tries: int
) -> None:
    verdict = judge_attempt(notification_id, tries, Outcome("retry"), SCHEDULE, NOW)
    assert verdict.state == "pending"
    pause = (verdict.next_attempt_at - NOW).total_seconds()
    assert 0.9 * SCHEDULE[tries] <= pause <= 1.1 * SCHEDULE[tries] + 1e-6


@given(st.integers(10, 99))
def test_after_the_last_attempt_it_is_given_up(tries: int) -> None:
    assert judge_attempt("n", tries, Outcome("retry"), SCHEDULE, NOW).state == "failed"


@pytest.mark.parametrize(
    ("kind", "state"), [("delivered", "delivered"), ("failed", "failed"), ("gone", "failed")]
)
def test_some_outcomes_end_it_at_once(kind: Kind, state: str) -> None:
    assert judge_attempt("n", 1, Outcome(kind), SCHEDULE, NOW).state == state


def test_what_the_receiver_asks_for_counts_where_it_is_longer_and_not_over_a_day() -> None:
    for asked, waited in [(1, 4.5), (600, 600), (10**8, 86_400)]:
        outcome = Outcome("retry", retry_after=timedelta(seconds=asked))
        pause = judge_attempt("n", 1, outcome, SCHEDULE, NOW).next_attempt_at - NOW
        assert pause.total_seconds() >= waited
        assert pause.total_seconds() <= max(5.5, waited)


def test_many_messages_do_not_come_back_at_once() -> None:
    assert len({spread(str(number), 1) for number in range(1000)}) == 1000
