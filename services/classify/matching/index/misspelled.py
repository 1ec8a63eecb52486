"""Words one letter away from another: what a ledger misspells, found by what is left of both.

Two words that differ by a letter left out, put in, changed or by two that changed places have a
text in common once one letter of either, or none, is left out (Garbe's symmetric deletion).
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from services.classify.matching.index.hashed import Hashed, hash_texts

SHORTEST = 7
"""Letters of a word that is mended: shorter ones have too many neighbours."""


def left_of(word: str) -> set[str]:
    """The word, and all that it is with one letter left out."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def hash_left(words: Sequence[str]) -> Hashed:
    """The places of words by what is left of each; only words of letters, and long enough."""
    left = [(text, place) for place, word in _mendable(words) for text in left_of(word)]
    return hash_texts([text for text, _ in left], [place for _, place in left])


def _mendable(words: Iterable[str]) -> Iterator[tuple[int, str]]:
    for place, word in enumerate(words):
        if len(word) >= SHORTEST and word.isalpha():
            yield place, word


def nearest(
    word: str, left: Hashed, words: Sequence[str], counts: npt.NDArray[np.int32]
) -> str | None:
    """The word that this one is a misspelling of, by one letter; that in most names, if several.

    The first letter is hardly ever the wrong one (Yannakoudakis and Fawthrop, 1983: in 1.4% of
    misspellings); a word that begins otherwise is another word.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return None
    near = [
        place
        for place in set(left.every(*left_of(word)))
        if words[place][0] == word[0] and OSA.distance(word, words[place], score_cutoff=1) <= 1
    ]
    if not near:
        return None
    return words[max(near, key=lambda place: (int(counts[place]), -place))]
