"""Entries that a payee may mean: the likest, whatever order they are searched in."""

import numpy as np
from scipy import sparse

from services.classify.matching.candidates import find, read
from services.classify.matching.index.index import Index
from services.classify.matching.index.searched import search_order
from tests.classify.registries import charity, known

NAMES = ("N S T C", "THORNBECK MOOR TRUST", "HARROWFELL HOSPICE", "THORNBECK HOSPICE")
INDEX = Index.build(known(*(charity(f"900010{n}", name) for n, name in enumerate(NAMES))))


def found(payee: str) -> dict[str, bool]:
    readings = read([payee], INDEX)
    row, entry, whole = find(readings, INDEX)
    assert readings.rows[0].folded
    return dict(zip(INDEX.names.texts(entry[row == 0]), whole[row == 0].tolist(), strict=True))


def test_what_shares_a_word_is_found_and_the_very_name_is_marked() -> None:
    assert found("Thornbeck Hospice") == {
        "THORNBECK HOSPICE": True,
        "HARROWFELL HOSPICE": False,
        "THORNBECK MOOR TRUST": False,
    }
    assert found("THORN BECK HOSPICE")["THORNBECK HOSPICE"]
    assert found("NSTC") == {"NSTC": True}
    assert found("J Smith") == {}


def test_entries_that_share_their_commonest_words_lie_side_by_side() -> None:
    rows = sparse.csr_matrix(
        np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]], np.float32)
    )
    # Commonest first: the first word, in three entries; then the second and the third, in two.
    assert search_order(rows).tolist() == [4, 0, 3, 1, 5, 2]
