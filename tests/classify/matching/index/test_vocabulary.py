"""Words counted: in the order in which they come, each once an entry."""

import numpy as np
import pytest

from services.classify.matching.index.vocabulary import (
    beginnings,
    count_words,
    pack_words,
    unpack_words,
)


def test_words_stand_in_the_order_in_which_they_come() -> None:
    tokens = [["MOOR", "HALL", "MOOR"], [], ["TRUST", "HALL"]]
    counted = count_words(tokens)
    assert counted.words == ["MOOR", "HALL", "TRUST"]
    assert counted.entries.tolist() == [1, 2, 1]
    assert counted.at.tolist() == [0, 1, 1, 2]
    assert counted.start.tolist() == [0, 2, 2, 4]
    assert counted.idf() == pytest.approx(np.log(500_001 / np.array([1, 2, 1])))
    assert unpack_words(pack_words(counted.words)) == counted.words


def test_the_order_does_not_depend_on_the_process() -> None:
    words = [f"WORD{n}" for n in range(200)]
    assert count_words([words]).words == words


def test_only_longer_words_have_a_beginning() -> None:
    assert beginnings(["HOSPICE", "MOOR", "THORNS"]) == ["HOSPI", "THORN"]
