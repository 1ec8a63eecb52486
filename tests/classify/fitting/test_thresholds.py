"""Thresholds keep what is promised with a margin."""

import numpy as np
import pytest

from services.classify.fitting.thresholds import lowest


def test_a_threshold_leaves_a_margin_for_the_next_ledger() -> None:
    chances = np.linspace(1, 0.5, 1000)
    right = np.ones(1000, bool)
    right[::40] = False  # 0.975 at any threshold
    assert lowest(chances, right, 0.96) == pytest.approx(0.5, abs=0.01)
    assert lowest(chances, right, 0.974) == 1.0


def test_few_suppliers_leave_a_wider_one() -> None:
    right = np.ones(40, bool)
    right[39] = False
    assert lowest(np.linspace(1, 0.5, 40), right, 0.96) > 0.5
    many = np.tile(right, 25)
    assert lowest(np.linspace(1, 0.5, 1000), many, 0.96) == pytest.approx(0.5, abs=0.01)


def test_equal_chances_are_said_together_or_not_at_all() -> None:
    chances = np.array([0.9] * 50 + [0.8] * 50)
    right = np.array([True] * 75 + [False] * 25)
    assert lowest(chances, right, 0.95) == 0.9


def test_nothing_is_said_where_nothing_is_right_enough() -> None:
    assert lowest(np.array([0.9, 0.8]), np.array([False, True]), 0.95) == 1.0
    assert lowest(np.zeros(5), np.ones(5, bool), 0.95) == 1.0
