"""Labelled suppliers compared with every name, and the fold in which each is held out."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.fitting.labelled import Labelled
from services.classify.matching.candidates import Readings
from services.classify.matching.index.hashed import text_hash
from services.classify.matching.index.index import Index
from services.classify.matching.model.features import Pairs
from services.classify.matching.model.weighing import compare
from services.classify.matching.names import comparable
from services.classify.matching.words import weighing_words
from services.classify.supplier import Supplier

FOLDS = 5
_AT_ONCE = 2000


class Compared(NamedTuple):
    """A batch of labelled suppliers of one fold with their pairs; `right` is by pair."""

    labelled: Sequence[Labelled]
    fold: int
    readings: Readings
    pairs: Pairs
    right: npt.NDArray[np.bool_]


def compare_all(
    labelled: Sequence[Labelled], index: Index, watch: Callable[[int], object] = lambda _: None
) -> list[Compared]:
    """Every labelled supplier with its pairs, fold by fold; `watch` is told how many at a time."""
    found = []
    for fold in range(FOLDS):
        of_fold = [one for one in labelled if fold_of(one) == fold]
        for start in range(0, len(of_fold), _AT_ONCE):
            own = of_fold[start : start + _AT_ONCE]
            readings, pairs = compare([Supplier("", one.name) for one in own], index)
            found.append(Compared(own, fold, readings, pairs, right_pairs(own, pairs, index)))
            watch(len(own))
    return found


def right_pairs(labelled: Sequence[Labelled], pairs: Pairs, index: Index) -> npt.NDArray[np.bool_]:
    """Whether each pair's organisation is the one that the supplier is known to be."""
    return np.array(
        [
            labelled[s].right is not None and index.org_ids.text(int(o)) == labelled[s].right
            for s, o in zip(pairs.supplier, pairs.organisation, strict=True)
        ],
        bool,
    )


def fold_of(one: Labelled) -> int:
    """All names of one charity are in one fold, and so are all payees of one name."""
    words = " ".join(weighing_words(comparable(one.name).words))
    return text_hash(one.right or words) % FOLDS
