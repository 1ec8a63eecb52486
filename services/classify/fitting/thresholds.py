"""The chances from which something is said, so that it is right as often as it must be."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.fitting.labelled import AUDITED, CHARITY, NEITHER
from services.classify.fitting.out_of_fold import Seen
from services.classify.matching.index import Index

CHARITY_PRECISION = 0.97
OTHER_PRECISION = 0.95
LINK_PRECISION = 0.95
REVIEW_AT = 0.2


class Thresholds(NamedTuple):
    """The least chance of each saying; `auto_at` and `review_at` are of a link."""

    charity_at: float
    other_at: float
    auto_at: float
    review_at: float = REVIEW_AT


def set_thresholds(seen: Sequence[Seen], index: Index) -> Thresholds:
    """The lowest at which the audited suppliers out of fold are right as often as promised."""
    audited = [one for one in seen if one.labelled.source == AUDITED]
    sorts = np.array([one.labelled.sort for one in audited])
    chances = np.stack([one.sorts for one in audited])
    best = [one.candidates[0] if one.candidates else (0.0, -1) for one in audited]
    return Thresholds(
        lowest(chances[:, CHARITY], sorts == CHARITY, CHARITY_PRECISION),
        lowest(chances[:, CHARITY:].sum(1), sorts != NEITHER, OTHER_PRECISION),
        lowest(
            np.array([chance for chance, _ in best]),
            np.array(
                [is_right(one, place, index) for one, (_, place) in zip(audited, best, strict=True)]
            ),
            LINK_PRECISION,
        ),
    )


def is_right(one: Seen, organisation: int, index: Index) -> bool:
    """Whether this is the organisation that the supplier is known to be."""
    return organisation >= 0 and index.org_ids.text(organisation) == one.labelled.right


def lowest(chances: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], share: float) -> float:
    """The lowest chance at and above which this share is right; 1 where there is none."""
    order = np.argsort(-chances)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= share)
    return round(float(chances[order][enough[-1]]), 4) if len(enough) else 1.0
