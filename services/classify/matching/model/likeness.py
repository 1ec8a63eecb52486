"""How alike the name of a payee and a registered name are: one row of numbers for each pair."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import Indel, JaroWinkler, Prefix
from scipy import sparse

from services.classify.matching.candidates import Found, Readings
from services.classify.matching.index.index import Index
from services.classify.matching.index.vocabulary import NO_WORD
from services.classify.matching.words import TRADING, initials

Floats = npt.NDArray[np.float32]
_GENERIC_IDF = 6.5
_KEPT = 16
_MUCH_SHARED = 3
_MOST_COUNTED = 6
_UNKNOWN_START = 0.5
_STEADY = np.float32(1e-6)

WORD_FEATURES = (
    *("same_set", "covered", "covering", "covered_start", "covering_start"),
    *("rarest_left", "rarest_missed", "rarest_shared", "rarest_shared_no_place", "shared"),
    *("places_left", "places_missed", "places_shared", "generic_left", "generic_missed"),
    *("trading_left", "apart_missed", "people_missed"),
)
TEXT_FEATURES = (
    *("same_words", "same_folded", "same_unspaced", "indel", "jaro_winkler", "prefix"),
    *("first_word", "part", "words_count", "initialism", "respelled"),
)
NAME_FEATURES = (*WORD_FEATURES, *TEXT_FEATURES)


class NamePairs(NamedTuple):
    """Pairs of readings and entries, with the features of their names."""

    row: npt.NDArray[np.int64]
    entry: npt.NDArray[np.int64]
    values: Floats


def name_features(readings: Readings, found: Found, index: Index) -> NamePairs:
    """The pairs that are worth a closer look, those of a reading with most words shared."""
    words = _word_features(readings, found, index)
    kept = _most_alike(found, words, index.likely[found.entry])
    row, entry = found.row[kept], found.entry[kept]
    texts = _text_features(readings, row, entry, index)
    return NamePairs(row, entry, np.concatenate([words[kept], texts], 1))


def _most_alike(found: Found, words: Floats, likely: Floats) -> npt.NDArray[np.int64]:
    """The places of the likest entries of each reading, and of those found by the whole name."""
    covered, covering, start = (
        words[:, WORD_FEATURES.index(name)] for name in ("covered", "covering", "covered_start")
    )
    likeness = covered + covering + start / 2 + likely / 2 + 10 * found.whole
    order = np.lexsort((-likeness, found.row))
    row = found.row[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    return np.sort(order[(rank < _KEPT) | found.whole[order]])


def _word_features(readings: Readings, found: Found, index: Index) -> Floats:
    """The shares of words, weighed by rarity, that a pair has in common and has not."""
    row, entry, _ = found
    idf = index.vocabulary.idf
    rarest = float(idf.max(initial=1))
    ours, theirs = readings.by_word[row], index.by_word[entry]
    shared = sparse.csr_matrix(ours.multiply(_ones(theirs)))
    left, missed = sparse.csr_matrix(ours - shared), sparse.csr_matrix(theirs - shared)
    left.eliminate_zeros()
    missed.eliminate_zeros()
    unknown = readings.unknown[row]
    place = index.arrays["is_place"].astype(np.float32)
    trading = index.arrays["is_trading"].astype(np.float32)
    apart = index.arrays["is_apart"].astype(np.float32)
    generic = (idf < _GENERIC_IDF) * (1 - place)
    people = index.arrays["is_people"].astype(np.float32)
    kinds = np.stack([np.ones_like(place), place, generic, trading, apart, people], 1)
    shared_sum, left_sum, missed_sum = shared @ kinds, left @ kinds, missed @ kinds
    covered_start, covering_start = _starts(readings, row, entry, index)
    values = [
        (left_sum[:, 0] + missed_sum[:, 0] == 0) & (unknown == 0),
        _share(shared_sum[:, 0], shared_sum[:, 0] + left_sum[:, 0] + unknown * rarest),
        _share(shared_sum[:, 0], shared_sum[:, 0] + missed_sum[:, 0]),
        covered_start,
        covering_start,
        np.where(unknown > 0, rarest, _max(left)) / rarest,
        _max(missed) / rarest,
        _max(shared) / rarest,
        _max(sparse.csr_matrix(shared @ sparse.diags_array(1 - place))) / rarest,
        shared_sum[:, 0] / (_MUCH_SHARED * rarest),
        left_sum[:, 1] / rarest,
        missed_sum[:, 1] / rarest,
        shared_sum[:, 1] / rarest,
        left_sum[:, 2] / rarest,
        missed_sum[:, 2] / rarest,
        (left_sum[:, 3] > 0) | _unknown_trading(readings, index)[row],
        missed_sum[:, 4] > 0,
        missed_sum[:, 5] > 0,
    ]
    return np.stack([np.asarray(column, np.float32) for column in values], 1)


def _unknown_trading(readings: Readings, index: Index) -> npt.NDArray[np.bool_]:
    """Whether a reading holds a word of trading companies that no registered name has."""
    known = index.vocabulary.places
    return np.array(
        [any(w in TRADING and w not in known for w in row.tokens) for row in readings.rows], bool
    )


def _starts(
    readings: Readings, row: npt.NDArray[np.int64], entry: npt.NDArray[np.int64], index: Index
) -> tuple[Floats, Floats]:
    """The shares of beginnings of words in common: of the payee's, of the registered name's."""
    ours, theirs = readings.by_prefix[row], index.by_prefix[entry]
    both = _sum(sparse.csr_matrix(ours.multiply(_ones(theirs))))
    return _share_of_starts(both, _sum(ours)), _share_of_starts(both, _sum(theirs))


def _share_of_starts(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, _share(part, whole), _UNKNOWN_START).astype(np.float32)


def _text_features(
    readings: Readings, row: npt.NDArray[np.int64], entry: npt.NDArray[np.int64], index: Index
) -> Floats:
    """How alike the names are as texts."""
    rows = readings.rows
    theirs = index.folded.texts(entry)
    ours = [rows[r].folded for r in row.tolist()]
    joined = _unspaced([reading.folded for reading in rows])
    ours_joined, theirs_joined = [joined[r] for r in row.tolist()], _unspaced(theirs)
    values = [
        *(
            readings.hashes[key][row] == index.hashes_of(key, entry)
            for key in ("words", "folded", "unspaced")
        ),
        process.cpdist(ours, theirs, scorer=Indel.normalized_similarity),
        process.cpdist(ours_joined, theirs_joined, scorer=JaroWinkler.similarity),
        process.cpdist(ours_joined, theirs_joined, scorer=Prefix.normalized_similarity),
        _first_words(readings, index)[row] == index.arrays["first_word"][entry],
        np.array([reading.part.role != "whole" for reading in rows], bool)[row],
        _words_counted(readings)[row],
        _initialisms(readings, row, entry, index),
        np.array([reading.respelled for reading in rows], bool)[row],
    ]
    return np.stack([np.asarray(column, np.float32) for column in values], 1)


def _first_words(readings: Readings, index: Index) -> npt.NDArray[np.int64]:
    """The place of each reading's first word, -1 where no registered name has it."""
    places = index.vocabulary.places
    firsts = (places.get(r.tokens[0], -1) if r.tokens else NO_WORD for r in readings.rows)
    return np.fromiter(firsts, np.int64, len(readings.rows))


def _words_counted(readings: Readings) -> npt.NDArray[np.float64]:
    counts = np.array([len(reading.tokens) for reading in readings.rows], np.float64)
    return np.minimum(counts, _MOST_COUNTED) / _MOST_COUNTED


def _initialisms(
    readings: Readings, row: npt.NDArray[np.int64], entry: npt.NDArray[np.int64], index: Index
) -> npt.NDArray[np.bool_]:
    """Whether the one word of a reading is made of the first letters of the entry's words."""
    one_word = np.array([len(reading.tokens) == 1 for reading in readings.rows], bool)
    found = one_word[row]
    places = np.flatnonzero(found)
    for at, name in zip(places.tolist(), index.names.texts(entry[places]), strict=True):
        found[at] = readings.rows[row[at]].name.words in initials(name)
    return found


def _unspaced(texts: Sequence[str]) -> list[str]:
    return [text.replace(" ", "") for text in texts]


def _share(part: Floats, whole: Floats) -> Floats:
    return (part / np.maximum(whole, _STEADY)).astype(np.float32)


def _ones(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(
        (np.ones_like(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape
    )


def _sum(matrix: sparse.csr_matrix) -> Floats:
    return np.asarray(matrix.sum(1)).ravel().astype(np.float32)


def _max(matrix: sparse.csr_matrix) -> Floats:
    if not matrix.shape[1]:
        return np.zeros(matrix.shape[0], np.float32)
    return np.asarray(matrix.max(1).todense()).ravel().astype(np.float32)
