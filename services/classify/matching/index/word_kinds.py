"""What a word tells of the organisations whose names have it: their kind, a place, trade."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from services.classify.matching.index.saved import Arrays
from services.classify.matching.index.vocabulary import unpack_words
from services.classify.matching.kinds import Kind
from services.classify.matching.words import APART, PEOPLE, TRADING

_SHORTEST_PLACE = 4
_NOT_PLACES = {
    *("COUNCIL", "PARISH", "TOWN", "CITY", "COUNTY", "BOROUGH", "DISTRICT", "COMMUNITY", "GREAT"),
    *("LITTLE", "NORTH", "SOUTH", "EAST", "WEST", "UPPER", "LOWER", "ST", "CHURCH", "AUTHORITY"),
    *("METROPOLITAN", "NEW", "OLD", "HOPE", "HOUSE", "HALL", "JOINT", "GROUP", "MEETING", "UNITED"),
    *(
        "VILLAGE",
        "COMBINED",
        "FIRE",
        "RESCUE",
        "POLICE",
        "NATIONAL",
        "PARK",
        "COMMON",
        "CENTRAL",
        "ROYAL",
    ),
}


def word_kinds(arrays: Arrays) -> dict[str, npt.NDArray[Any]]:
    """How much more often each word is in names of one kind than in those of all others (log).

    And which words are places: those of councils' names.
    """
    entries = len(arrays["bearers_start"]) - 1
    entry = np.repeat(np.arange(entries), np.diff(arrays["bearers_start"]))
    shape = (entries, len(arrays["idf"]))
    ones = np.ones(len(arrays["word_at"]), np.float32)
    by_word = sparse.csr_matrix((ones, arrays["word_at"], arrays["word_start"]), shape=shape)
    of_kind = np.zeros((entries, len(Kind)), np.float32)
    of_kind[entry, arrays["kind"][arrays["borne_by"]]] = 1
    of_kind /= np.maximum(of_kind.sum(1, keepdims=True), 1)
    counts = by_word.T @ of_kind
    share = of_kind.sum(0) / max(of_kind.sum(), 1)
    smoothed = (counts + 5 * share) / (counts.sum(1, keepdims=True) + 5)
    word_kind = np.log(smoothed / np.maximum(share, 1e-6) + 1e-3).astype(np.float32)
    councils = np.zeros(entries, np.float32)
    councils[entry[arrays["place_form"][arrays["borne_by"]]]] = 1
    words = unpack_words(arrays["words"])
    common = np.array([word in _NOT_PLACES or len(word) < _SHORTEST_PLACE for word in words], bool)
    return {
        "word_kind": word_kind,
        "is_trading": np.array([word in TRADING for word in words], bool),
        "is_apart": np.array([word in APART or word in PEOPLE for word in words], bool),
        "is_people": np.array([word in PEOPLE for word in words], bool),
        "is_place": (by_word.T @ councils >= 1) & ~common,
    }
