"""When the ranking is refreshed."""

import pytest

from services.api.ranking.pace import is_due


@pytest.mark.parametrize(
    ("waiting", "touched", "rested", "due"),
    [
        (0, 0, 1_000.0, False),
        (5, 0, 0.0, True),
        (5, 1, 1.9, False),
        (5, 1, 2.0, True),
        (5_000, 2_000, 9.9, False),
        (5_000, 2_000, 10.0, True),
    ],
    ids=[
        "nothing waits",
        "nothing arrives",
        "few arrive",
        "few arrive for a while",
        "payments stream in",
        "they do for a while",
    ],
)
def test_a_refresh_rests_the_longer_the_more_arrives(
    *, waiting: int, touched: int, rested: float, due: bool
) -> None:
    assert is_due(waiting=waiting, touched=touched, rested=rested, took=0.1) is due
