"""The cheapest assignment is the very one that scipy finds, of several as cheap too."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from services.ingest.shapes.assignment import assign_least

_CHANCE = np.random.default_rng(7)


@pytest.mark.parametrize("levels", [2, 4, 1_000_000], ids=["mostly equal", "often", "hardly ever"])
@pytest.mark.parametrize("shape", [(17, 5), (17, 17), (17, 60), (1, 1), (2, 1)])
def test_it_is_the_one_that_scipy_finds(shape: tuple[int, int], levels: int) -> None:
    for _ in range(20):
        costs = -_CHANCE.integers(0, levels, shape) / levels * 3.0
        costs -= np.arange(shape[1]) * 1e-6 * _CHANCE.integers(0, 2)
        rows, columns = linear_sum_assignment(costs)
        expected = list(zip(rows.tolist(), columns.tolist(), strict=True))
        assert assign_least(costs.tolist()) == expected
