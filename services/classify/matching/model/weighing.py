"""The candidates of each supplier of a batch, by how well they fit it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.matching.candidates import Readings, find, read
from services.classify.matching.index.hashed import postcode_hash
from services.classify.matching.index.index import Index
from services.classify.matching.model.features import PAIR_FEATURES, Pairs, pair_features
from services.classify.matching.model.likeness import name_features
from services.classify.matching.model.model import Logistic, columns
from services.classify.matching.model.sort_values import sort_values
from services.classify.supplier import Supplier

Floats = npt.NDArray[np.float32]

FIT_FEATURES = tuple(
    name for name in PAIR_FEATURES if not name.startswith("kind_") and name != "numberless"
)
FIT_COLUMNS = columns(PAIR_FEATURES, FIT_FEATURES)
_STANDS = 1.0  # of two registrations of one body, that which stands is meant


class Weighed(NamedTuple):
    """Candidates of a batch of suppliers, one for each body that a supplier may be, best first.

    Rows of `pairs` by supplier, then by falling `fit`.
    """

    pairs: Pairs
    fit: Floats
    kind: npt.NDArray[np.int8]
    numbered: npt.NDArray[np.bool_]
    sort_values: Floats


def compare(suppliers: Sequence[Supplier], index: Index) -> tuple[Readings, Pairs]:
    """Every pair of supplier and organisation that is worth weighing, with its features."""
    readings = read([supplier.payee for supplier in suppliers], index)
    postcodes = np.array([postcode_hash(s.postcode) for s in suppliers], np.uint64)
    names = name_features(readings, find(readings, index), index)
    return readings, pair_features(readings, names, postcodes, index)


def weigh(readings: Readings, pairs: Pairs, count: int, model: Logistic, index: Index) -> Weighed:
    """The candidates of each supplier by how well they fit, and the supplier's own features."""
    fit = model.logits(pairs.values[:, FIT_COLUMNS])[:, 0].astype(np.float32)
    pairs, fit = _best_of_bodies(pairs, fit, index)
    kind = index.arrays["kind"][pairs.organisation]
    numbered = index.arrays["numbered"][pairs.organisation]
    return Weighed(
        pairs, fit, kind, numbered, sort_values(readings, pairs, fit, kind, count, index)
    )


def _best_of_bodies(pairs: Pairs, fit: Floats, index: Index) -> tuple[Pairs, Floats]:
    """For each supplier and body the pair that fits best, a registration that stands first."""
    body = index.arrays["body"][pairs.organisation].astype(np.int64)
    numbered = index.arrays["numbered"][pairs.organisation]
    standing = fit + 0.01 * numbered - _STANDS * index.arrays["removed"][pairs.organisation]
    order = np.lexsort((pairs.bearer, -standing, pairs.supplier))
    key = pairs.supplier[order] * (int(index.arrays["body"].max(initial=0)) + 1) + body[order]
    _, first = np.unique(key, return_index=True)
    kept = order[np.sort(first)]
    return Pairs(*(column[kept] for column in pairs)), fit[kept]
