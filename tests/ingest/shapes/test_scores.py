"""Columns are given to fields so that no other way of giving them says more in sum."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from services.ingest.shapes.fields import FIELDS, NEEDED
from services.ingest.shapes.scores import assign

_CHANCE = np.random.default_rng(7)
_WEIGHTS = np.array([3.0 if field in NEEDED else 1.0 for field in FIELDS])[:, None]


@pytest.mark.parametrize("columns", [0, 1, 5, 60])
@pytest.mark.parametrize("share", [0.02, 0.1, 1.0], ids=["hardly said", "some", "fought over"])
def test_the_fields_have_the_columns_that_say_most_in_sum(columns: int, share: float) -> None:
    for _ in range(20):
        shape = (len(FIELDS), columns)
        scores = np.where(_CHANCE.random(shape) < share, _CHANCE.uniform(0.3, 1, shape), 0.0)
        best = linear_sum_assignment(scores * _WEIGHTS, maximize=True)
        taken = assign(scores)
        assert len(set(taken.values())) == len(taken)
        said = sum((scores * _WEIGHTS)[FIELDS.index(field), at] for field, at in taken.items())
        assert said == pytest.approx((scores * _WEIGHTS)[best].sum(), abs=60 * 20 * 1e-6)


def test_of_columns_that_say_the_same_the_leftmost_is_taken() -> None:
    scores = np.zeros((len(FIELDS), 4))
    scores[FIELDS.index("payee"), 1:] = 0.8
    assert assign(scores) == {"payee": 1}
    scores[FIELDS.index("amount"), 1] = 0.8
    assert assign(scores) == {"amount": 1, "payee": 2}
