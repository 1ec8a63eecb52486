"""How often a token may call."""

import pytest

from shared.access import pace
from shared.access.pace import Pace


def test_a_burst_goes_through_and_then_the_rate_holds() -> None:
    ten = Pace(per_second=10, burst=3)
    assert [ten.wait("a", 0.0) for _ in range(3)] == [0, 0, 0]
    assert ten.wait("a", 0.0) == pytest.approx(0.1)
    assert ten.wait("b", 0.0) == 0, "each for itself"
    assert ten.wait("a", 0.11) == 0
    assert ten.wait("a", 0.11) > 0, "who was refused did not wait for nothing"
    assert [ten.wait("a", 9.0) for _ in range(3)] == [0, 0, 0], "rest fills it again, no further"
    assert ten.wait("a", 9.0) > 0


def test_a_rate_of_nothing_counts_nothing() -> None:
    assert [Pace(0, 1).wait("a", 0.0) for _ in range(9)] == [0] * 9


def test_callers_beyond_number_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_MOST_REMEMBERED", 3)
    slow = Pace(per_second=1, burst=1)
    for number in range(50):
        slow.wait(number, 0.0)
    assert len(slow._full_at) <= 3
