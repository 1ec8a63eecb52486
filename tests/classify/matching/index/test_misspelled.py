"""Words one letter away from another."""

import numpy as np
import pytest

from services.classify.matching.index.misspelled import hash_left, nearest

WORDS = ["EPILEPSY", "HOSPICE", "HOSPICES", "LANTERNS", "B1234567", "SHORT"]
COUNTS = np.array([9, 9, 2, 1, 1, 1], np.int32)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("EPLIEPSY", "EPILEPSY"),  # two letters changed places
        ("EPILEPS", "EPILEPSY"),  # one left out
        ("EPIILEPSY", "EPILEPSY"),  # one put in
        ("EPILEPSI", "EPILEPSY"),  # one changed
        ("HOSPICEX", "HOSPICE"),  # near two: the commoner
        ("EPLIEPSI", None),  # two letters away
        ("APILEPSY", None),  # no first letter is changed
        ("SHORTX", None),
        ("B1234568", None),
    ],
)
def test_a_word_is_mended_by_one_letter(printed: str, meant: str | None) -> None:
    assert nearest(printed, hash_left(WORDS), WORDS, COUNTS) == meant
