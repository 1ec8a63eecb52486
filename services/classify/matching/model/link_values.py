"""What speaks for a supplier being a candidate among its others: one row for each candidate."""

import numpy as np
import numpy.typing as npt

from services.classify.matching.kinds import Kind
from services.classify.matching.model.features import PAIR_FEATURES
from services.classify.matching.model.sort_values import NONE, SORT_FEATURES, TOLD, TOLD_COLUMNS
from services.classify.matching.model.weighing import Weighed

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

LINK_FEATURES = (
    *("fit", "over_best_other", "over_next", "of_its_sort", "sort_chance", "charities_close"),
    *("guarantee_over", "best_numbered"),
    *(f"its_{name}" for name in TOLD),
    *("postcode_same", "postcode_differs", "words_charity", "person", "public_words", "is_charity"),
)
_SORT_OF_KIND = np.array([1, 2, 2, 2, 0, 0, 0, 0])


def link_values(weighed: Weighed, sort_chances: Floats) -> Floats:
    """The features of each candidate for the question whether the supplier is it."""
    pairs, fit = weighed.pairs, weighed.fit
    supplier = pairs.supplier
    end = np.searchsorted(supplier, supplier, "right")
    # A guarantee company or a charity listed without number is likely the candidate itself.
    rival = weighed.numbered | ((weighed.kind != Kind.GUARANTEE) & (weighed.kind != Kind.CHARITY))
    other = _best_rival(supplier, fit, rival)
    padded = np.append(fit, NONE)
    following = np.where(np.arange(len(fit)) + 1 < end, padded[np.arange(len(fit)) + 1], NONE)
    sort = _SORT_OF_KIND[weighed.kind]
    of_its_sort = sort_chances[supplier, sort]
    close = weighed.sort_values[supplier, SORT_FEATURES.index("charities_close")]
    guarantee = weighed.sort_values[supplier, SORT_FEATURES.index("best_guarantee")]
    own = [
        fit,
        fit - other,
        fit - following,
        np.log(of_its_sort + 1e-4),
        of_its_sort,
        close,
        np.maximum(guarantee, fit - 8) - fit,
        weighed.sort_values[supplier, SORT_FEATURES.index("best_numbered")],
    ]
    at = [SORT_FEATURES.index(n) for n in ("words_charity", "person", "public_words")]
    postcode = [PAIR_FEATURES.index(n) for n in ("postcode_same", "postcode_differs")]
    return np.concatenate(
        [
            np.stack(own, 1),
            pairs.values[:, TOLD_COLUMNS],
            pairs.values[:, postcode],
            weighed.sort_values[supplier][:, at],
            (sort == 1)[:, None],
        ],
        1,
    ).astype(np.float32)


def _best_rival(supplier: Integers, fit: Floats, rival: npt.NDArray[np.bool_]) -> Floats:
    """For each candidate the best fit of another that competes with it."""
    count = int(supplier.max()) + 1 if len(supplier) else 0
    best, second = np.full(count, NONE, np.float32), np.full(count, NONE, np.float32)
    places = np.flatnonzero(rival)
    first = places[np.unique(supplier[places], return_index=True)[1]]
    best[supplier[first]] = fit[first]
    others = np.setdiff1d(places, first)
    after = others[np.unique(supplier[others], return_index=True)[1]]
    second[supplier[after]] = fit[after]
    is_first = np.zeros(len(supplier), bool)
    is_first[first] = True
    return np.where(is_first, second[supplier], best[supplier])
