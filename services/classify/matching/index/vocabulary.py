"""The words of all names and the beginnings of the longer ones, each with its weight."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

PREFIX = 5
_LONGER_THAN_PREFIX = 6
NO_WORD = -2  # the place of the first word of a name that has none
_LEAST_NAMES = 500_000  # the model is fitted to as many: in fewer names a word is no less rare


class Vocabulary(NamedTuple):
    """Words, their places, and the weight of each (IDF): the fewer entries have it, the more."""

    places: dict[str, int]
    idf: npt.NDArray[np.float32]


class Counted(NamedTuple):
    """The distinct words of entries: how many entries have each, and the places of each entry's.

    Entry `i` has the words `at[start[i]:start[i + 1]]`, rising.
    """

    words: list[str]
    entries: npt.NDArray[np.int32]
    at: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]

    def idf(self) -> npt.NDArray[np.float32]:
        """The weight of each word."""
        names = max(len(self.start) - 1, _LEAST_NAMES) + 1
        return np.log(names / self.entries.astype(np.float32)).astype(np.float32)


def count_words(tokens: Sequence[Iterable[str]]) -> Counted:
    """The words of entries, in the order in which they come first."""
    counts = Counter(token for own in tokens for token in dict.fromkeys(own))
    places = {word: n for n, word in enumerate(counts)}
    start = np.zeros(len(tokens) + 1, np.int64)
    at = array("i")
    for entry, own in enumerate(tokens):
        at.extend(sorted({places[token] for token in own}))
        start[entry + 1] = len(at)
    entries = np.array(list(counts.values()), np.int32)
    return Counted(list(places), entries, np.frombuffer(at, np.int32), start)


def beginnings(tokens: Iterable[str]) -> list[str]:
    """The beginnings of longer words, which find one that is cut, misspelled or inflected."""
    return [token[:PREFIX] for token in tokens if len(token) >= _LONGER_THAN_PREFIX]


def pack_words(words: Iterable[str]) -> npt.NDArray[np.uint8]:
    """Words, none of which holds a space, as one text."""
    return np.frombuffer(" ".join(words).encode(), np.uint8)


def unpack_words(packed: npt.NDArray[Any]) -> list[str]:
    """The words of such a text."""
    return packed.tobytes().decode().split()
