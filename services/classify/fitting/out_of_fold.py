"""Every labelled supplier as a model sees it that was not fitted to it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.fitting.compared import FOLDS, Compared
from services.classify.fitting.labelled import Labelled
from services.classify.fitting.regress import fit_model
from services.classify.matching.index import Index
from services.classify.matching.judging import consistent
from services.classify.matching.model import Model, chance, chances
from services.classify.matching.weighing import link_values, weigh


class Seen(NamedTuple):
    """A supplier with its chances: of each sort, and of each candidate (chance, organisation)."""

    labelled: Labelled
    sorts: npt.NDArray[np.float32]
    candidates: list[tuple[float, int]]


def out_of_fold(
    compared: Sequence[Compared], index: Index, watch: Callable[[int], object] = lambda _: None
) -> list[Seen]:
    """All suppliers, fold by fold, each by the model of its fold; `watch` is told of each fold."""
    found = []
    for fold in range(FOLDS):
        model = fit_model([one for one in compared if one.fold != fold], index)
        found += [seen for one in compared if one.fold == fold for seen in _seen(one, model, index)]
        watch(1)
    return found


def _seen(one: Compared, model: Model, index: Index) -> list[Seen]:
    weighed = weigh(one.readings, one.pairs, len(one.labelled), model.fit, index)
    sorts = chances(model.sort.logits(weighed.sort_values))
    links = chance(model.link.logits(link_values(weighed, sorts))[:, 0])
    supplier = weighed.pairs.supplier
    sorts, links = consistent(sorts, links, weighed)
    ends = np.searchsorted(supplier, np.arange(len(one.labelled) + 1))
    return [
        Seen(
            labelled,
            sorts[at],
            sorted(
                (
                    (float(links[n]), int(weighed.pairs.organisation[n]))
                    for n in range(ends[at], ends[at + 1])
                ),
                reverse=True,
            ),
        )
        for at, labelled in enumerate(one.labelled)
    ]
