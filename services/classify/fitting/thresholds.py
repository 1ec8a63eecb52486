"""The chances from which something is said, so that it is right as often as it must be."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.classify.fitting.labelled import AUDITED, CHARITY, NEITHER
from services.classify.fitting.out_of_fold import Seen
from services.classify.matching.deciding import decide
from services.classify.matching.index.index import Index
from services.classify.matching.model.model import Thresholds
from services.classify.supplier import Supplier

CHARITY_PRECISION = 0.97
OTHER_PRECISION = 0.95
LINK_PRECISION = 0.95
REVIEW_AT = 0.2
LEAST_LINKED = 0.51
"""No link is made that is hardly likelier than not, however often those were right."""
_MARGIN = 0.75  # standard errors of the share that is right
Shares = npt.NDArray[np.float64]


def set_thresholds(seen: Sequence[Seen], index: Index) -> Thresholds:
    """The lowest at which the audited suppliers out of fold are surely right as often as promised.

    Surely: three quarters of a standard error of the share that was right still leave what is
    promised, for the next ledger is another sample, and three in four should keep it. Every link to
    anything but the right charity counts as wrong.
    """
    audited = [one for one in seen if one.labelled.source == AUDITED]
    sorts = np.array([one.labelled.sort for one in audited])
    charity = np.array([one.judgement.charity for one in audited])
    other = np.array([one.judgement.other for one in audited])
    found = Thresholds(
        lowest(charity, sorts == CHARITY, CHARITY_PRECISION),
        lowest(charity + other, sorts != NEITHER, OTHER_PRECISION),
        0.0,
        REVIEW_AT,
    )
    links = np.array([_linked(one, index, found) for one in audited])
    right = np.array([is_right(one, 0, index) for one in audited])
    return found._replace(auto_at=max(lowest(links, right, LINK_PRECISION), LEAST_LINKED))


def _linked(one: Seen, index: Index, thresholds: Thresholds) -> float:
    """The chance of the likeliest candidate if it would be linked at any chance, else 0."""
    judgement = one.judgement
    if not judgement.candidates:
        return 0.0
    supplier = Supplier("", one.labelled.name)
    decided = decide(supplier, judgement, index.known, index, thresholds)
    return judgement.candidates[0].chance if decided.tier == "auto" else 0.0


def is_right(one: Seen, rank: int, index: Index) -> bool:
    """Whether the candidate of this rank is the organisation that the supplier is known to be."""
    candidates = one.judgement.candidates
    return (
        rank < len(candidates)
        and index.org_ids.text(candidates[rank].organisation) == one.labelled.right
    )


def lowest(chances: Shares, right: npt.NDArray[np.bool_], share: float) -> float:
    """The lowest chance at and above which this share is surely right; 1 where there is none."""
    order = np.argsort(-chances, kind="stable")
    number = np.arange(1, len(order) + 1)
    precision = np.cumsum(right[order]) / number
    error = np.sqrt(precision * (1 - precision) / number)
    # Only where the chance falls may the line be drawn: equal chances are said together.
    ends = np.append(chances[order][1:] < chances[order][:-1], [True]) & (chances[order] > 0)
    enough = np.flatnonzero(ends & (precision - _MARGIN * error >= share))
    return round(float(chances[order][enough[-1]]), 4) if len(enough) else 1.0
