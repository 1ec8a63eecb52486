"""Equal rows of a file are told apart."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.imports.occurrences import MOST, Occurrences


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(1, 20)))
def test_each_key_is_counted_by_itself(keys: list[int]) -> None:
    occurrences = Occurrences()
    met: Counter[int] = Counter()
    for key in keys:
        met[key] += 1
        assert occurrences.count(key) == met[key]


@pytest.mark.parametrize("about", [0, 100_000, 10**12], ids=["unknown", "too few", "absurd"])
def test_it_grows_and_forgets_nothing(about: int) -> None:
    occurrences = Occurrences(about)
    keys = [(number * 0x9E3779B97F4A7C15) % 2**64 for number in range(1, 150_000)]
    assert [occurrences.count(keys[0]) for _ in range(3)] == [1, 2, 3]
    assert {occurrences.count(key) for key in keys[1:]} == {1}
    assert {occurrences.count(key) for key in keys[1:]} == {2}
    assert occurrences.count(keys[0]) == 4


def test_what_can_no_longer_be_told_apart_is_told_to_be_so() -> None:
    occurrences = Occurrences()
    met = [occurrences.count(7) for _ in range(MOST + 3)]
    assert met[MOST - 1 :] == [MOST, MOST + 1, MOST + 1, MOST + 1]
