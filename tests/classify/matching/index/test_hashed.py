"""Look-up by hash: the first entry of a text, all of them, and none."""

import numpy as np

from services.classify.matching.index.hashed import hash_texts, postcode_hash, text_hash


def test_texts_are_found_by_their_hashes() -> None:
    hashed = hash_texts(["B", "A", "C", "A"])
    assert hashed.first("A") == 1
    assert hashed.every("A") == [1, 3]
    assert hashed.first("D") is None
    wanted = np.array([text_hash(text) for text in ("C", "D", "A")], np.uint64)
    assert hashed.first_of(wanted).tolist() == [2, -1, 1]
    assert hashed.by_entry().tolist() == [text_hash(text) for text in ("B", "A", "C", "A")]


def test_nothing_is_found_among_no_texts() -> None:
    assert hash_texts([]).first("A") is None
    assert hash_texts([]).first_of(np.array([1], np.uint64)).tolist() == [-1]


def test_a_postcode_is_the_same_however_it_is_written() -> None:
    assert postcode_hash("ls1 1aa") == postcode_hash("LS11AA") != 0
    assert postcode_hash(None) == postcode_hash("") == 0
