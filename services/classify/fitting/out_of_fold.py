"""Every labelled supplier as a model sees it that was not fitted to it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.classify.fitting.compared import FOLDS, Compared
from services.classify.fitting.labelled import Labelled
from services.classify.fitting.regress import fit_model
from services.classify.matching.index.index import Index
from services.classify.matching.model.judging import Judgement, judge_compared


class Seen(NamedTuple):
    """A supplier, the fold in which it was held out, and the judgement of that fold's model."""

    labelled: Labelled
    fold: int
    judgement: Judgement


def out_of_fold(
    compared: Sequence[Compared], index: Index, watch: Callable[[int], object] = lambda _: None
) -> list[Seen]:
    """All suppliers, fold by fold, each by the model of its fold; `watch` is told of each fold."""
    found = []
    for fold in range(FOLDS):
        model = fit_model([one for one in compared if one.fold != fold], index)
        for one in compared:
            if one.fold == fold:
                count = len(one.labelled)
                judged = judge_compared(one.readings, one.pairs, count, index, model)
                found += [
                    Seen(labelled, fold, judgement)
                    for labelled, judgement in zip(one.labelled, judged, strict=True)
                ]
        watch(1)
    return found
