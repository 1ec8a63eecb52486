"""Batches in several processes: in order, no more read than is worked on, errors as they are."""

import os
from collections.abc import Iterator

import pytest

from services.classify.match_files.side_by_side import side_by_side
from shared.errors import Rejected


def doubled(batch: list[int]) -> tuple[int, list[int]]:
    if 13 in batch:
        raise Rejected("thirteen", row=13)
    return os.getpid(), [2 * each for each in batch]


@pytest.mark.parametrize("processes", [1, 3])
def test_answers_come_in_the_order_of_what_was_asked(processes: int) -> None:
    with side_by_side(doubled, processes) as answers_of:
        answers = list(answers_of([n, n + 20] for n in range(20, 220, 20)))
    assert [each for _, each in answers] == [[2 * n, 2 * n + 40] for n in range(20, 220, 20)]
    assert all((pid == os.getpid()) == (processes == 1) for pid, _ in answers)


def test_what_is_wrong_in_another_process_is_told_here() -> None:
    with side_by_side(doubled, 2) as answers_of, pytest.raises(Rejected, match="thirteen"):
        list(answers_of([[n] for n in range(20)]))


def test_what_waits_is_bounded() -> None:
    read = 0

    def batches() -> Iterator[list[int]]:
        nonlocal read
        for n in range(14, 100):
            read = n
            yield [n]

    with side_by_side(doubled, 2) as answers_of:
        next(answers_of(batches()))
        assert read < 20
