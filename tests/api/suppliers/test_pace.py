"""When the ranking is refreshed."""

import pytest

from services.api.ranking.pace import is_due


@pytest.mark.parametrize(
    ("waiting", "touched", "rested", "due"),
    [
        (0, 0, 1_000.0, False),
        (5, 0, 0.0, True),
        (5, 1, 5.9, False),
        (5, 1, 6.0, True),
    ],
    ids=["nothing waits", "nothing arrives", "payments stream in", "they do for a while"],
)
def test_a_refresh_takes_a_sixtieth_of_the_time_while_payments_stream_in(
    *, waiting: int, touched: int, rested: float, due: bool
) -> None:
    assert is_due(waiting=waiting, touched=touched, rested=rested, took=0.1) is due
