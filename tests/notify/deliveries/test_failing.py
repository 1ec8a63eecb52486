"""Failing is told by time since the first failure, never by a count."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notify.deliveries.failing import FAILING_FOR, Streak, after_attempts, is_over

FIRST = datetime(2026, 11, 1, 9, tzinfo=UTC)


def failed(streak: Streak, at: timedelta, tries: int = 1) -> Streak:
    return after_attempts(streak, [tries], FIRST + at, arrived=False)


def test_five_days_of_failing_and_not_a_second_less() -> None:
    streak = failed(Streak(), timedelta(), 0)
    for hours in range(1, 120):
        streak = failed(streak, timedelta(hours=hours))
        assert not is_over(streak, FIRST + timedelta(hours=hours))
    just_before = FIRST + timedelta(days=5, seconds=-1)
    assert not is_over(streak, just_before)
    assert is_over(failed(streak, timedelta(days=5)), FIRST + timedelta(days=5))


def test_one_success_ends_it() -> None:
    streak = failed(Streak(), timedelta(), 0)
    assert after_attempts(streak, [1], FIRST + timedelta(days=4), arrived=True) == Streak()


def test_a_failure_in_march_and_one_in_june_are_not_a_spring_of_failing() -> None:
    streak = failed(Streak(), timedelta(), 0)
    june = failed(streak, timedelta(days=90), 0)
    assert june.since == FIRST + timedelta(days=90)
    assert not is_over(june, FIRST + timedelta(days=90))


def test_a_message_that_waited_all_that_time_was_failing_all_that_time() -> None:
    streak = failed(Streak(), timedelta(), 0)
    assert is_over(failed(streak, timedelta(days=6), 1), FIRST + timedelta(days=6))


@given(st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=4)), min_size=1, max_size=40))
def test_however_often_it_fails_only_the_time_counts(pauses: list[timedelta]) -> None:
    at, streak = FIRST, after_attempts(Streak(), [0], FIRST, arrived=False)
    for pause in pauses:
        at += pause
        streak = after_attempts(streak, [0], at, arrived=False)
        assert is_over(streak, at) == (at - FIRST >= FAILING_FOR)
    assert streak.count == 1 + len(pauses)
