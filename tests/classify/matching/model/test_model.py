"""The fitted numbers in force."""

from datetime import date

import numpy as np

from services.classify.matching.model.link_values import LINK_FEATURES
from services.classify.matching.model.model import Model, chances, read_model
from services.classify.matching.model.sort_values import SORT_FEATURES
from services.classify.matching.model.weighing import FIT_FEATURES


def test_the_numbers_in_force_are_of_the_features_in_use_and_carry_their_date() -> None:
    model = read_model()
    assert model.fit.features == FIT_FEATURES
    assert model.sort.features == SORT_FEATURES
    assert model.link.features == LINK_FEATURES
    assert date.fromisoformat(model.fitted) >= date(2026, 11, 25)


def test_what_is_written_is_read_again() -> None:
    model = read_model()
    said = {
        "fitted": model.fitted,
        "thresholds": model.thresholds._asdict(),
        **{name: getattr(model, name).written() for name in ("fit", "sort", "link")},
    }
    again = Model.read(said)
    values = np.ones((1, len(FIT_FEATURES)), np.float32)
    assert np.allclose(again.fit.logits(values), model.fit.logits(values))


def test_chances_of_what_excludes_each_other_add_up_to_one() -> None:
    assert np.allclose(chances(np.array([[0.0, 900.0, -900.0]], np.float32)).sum(), 1)
