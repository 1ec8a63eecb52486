"""The regressions, fitted to labelled suppliers.

A ledger's types are noisy: councils leave out charities that they do not know. So its rows carry no
label but chances, found by turns (expectation and maximisation): what the model says of the row,
times how often a supplier of that sort is given that type.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

try:
    from sklearn.linear_model import LogisticRegression
except ImportError:
    LogisticRegression = None

from services.classify.fitting.compared import Compared, right_pairs
from services.classify.fitting.labelled import AUDITED, GRANTED, PUBLIC, Labelled
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import Kind
from services.classify.matching.model.features import PAIR_FEATURES
from services.classify.matching.model.link_values import LINK_FEATURES, link_values
from services.classify.matching.model.model import FARTHEST, Logistic, Model, Thresholds, chances
from services.classify.matching.model.sort_values import SORT_FEATURES
from services.classify.matching.model.weighing import FIT_COLUMNS, FIT_FEATURES, Weighed, weigh
from shared.errors import Misconfigured

Floats = npt.NDArray[np.float32]
UNSET = Thresholds(0.5, 0.5, 0.5, 0.2)
_KIND_CHARITY = PAIR_FEATURES.index("kind_charity")
_SORTS = 3
_UNKNOWN, _NOT_SAID = -1, -2
_TURNS = 3
_MOST_STEPS = 100
_TOLERANCE = 1e-3
_PUBLIC_WEIGHT = 0.15
_LEDGER_WEIGHT = 0.15
_ONE_IN = 5  # rows of a ledger are many, and this many say nearly as much
_RIGHT_WEIGHT = 3.0
_MOST_LINKED = 5
_STEADY = 1e-4
_FIT_STRENGTH, _SORT_STRENGTH, _LINK_STRENGTH = 1.0, 0.1, 0.1


def fit_model(compared: Sequence[Compared], index: Index) -> Model:
    """The model fitted to these; its thresholds are still to be set."""
    values, labels, weights = _pair_rows(compared)
    fit = _logistic(FIT_FEATURES, values, labels, weights, _FIT_STRENGTH)
    weighed = [weigh(one.readings, one.pairs, len(one.labelled), fit, index) for one in compared]
    rows = np.concatenate([one.sort_values for one in weighed])
    every = [each for one in compared for each in one.labelled]
    sort = _fit_sorts(rows, every)
    link = _fit_link(compared, weighed, sort, index)
    return Model("", fit, sort, link, UNSET)


def _pair_rows(compared: Sequence[Compared]) -> tuple[Floats, Floats, Floats]:
    values, labels, weights = [], [], []
    for one in compared:
        pairs = one.pairs
        has = np.zeros(len(one.labelled), bool)
        has[pairs.supplier[one.right]] = True
        kind = pairs.values[:, _KIND_CHARITY] > 0
        chosen = has[pairs.supplier] & kind
        values.append(pairs.values[chosen][:, FIT_COLUMNS])
        labels.append(one.right[chosen])
        weights.append(np.where(one.right[chosen], _RIGHT_WEIGHT, 1.0))
    return np.concatenate(values), np.concatenate(labels), np.concatenate(weights)


def _logistic(
    names: tuple[str, ...], values: Floats, labels: Any, weights: Any, strength: float
) -> Logistic:
    if LogisticRegression is None:
        raise Misconfigured(
            "fitting needs scikit-learn, which is a development dependency: make install"
        )
    centre, scale = values.mean(0), values.std(0)
    scale = np.where(scale < _STEADY, 1, scale)
    scaled = np.clip((values - centre) / scale, -FARTHEST, FARTHEST)
    model = LogisticRegression(C=strength, max_iter=_MOST_STEPS, tol=_TOLERANCE)
    model.fit(scaled, labels, sample_weight=weights)
    return Logistic(
        names,
        centre.astype(np.float32),
        scale.astype(np.float32),
        model.coef_.T.astype(np.float32),
        model.intercept_.astype(np.float32),
    )


def _fit_sorts(rows: Floats, labelled: Sequence[Labelled]) -> Logistic:
    """What suppliers are; the ledger's by turns, from the audited ones on."""
    sort = np.array([_UNKNOWN if one.sort is None else one.sort for one in labelled])
    # The names of grants' receivers teach which names are alike, not how many are charities.
    sort[[one.source == GRANTED for one in labelled]] = _NOT_SAID
    known, ledger = np.flatnonzero(sort >= 0), np.flatnonzero(sort == _UNKNOWN)[::_ONE_IN]
    weight = np.array([_PUBLIC_WEIGHT if one.source == PUBLIC else 1.0 for one in labelled])
    model = _logistic(SORT_FEATURES, rows[known], sort[known], weight[known], _SORT_STRENGTH)
    types = sorted({labelled[at].type for at in ledger})
    typed = np.array([types.index(labelled[at].type) for at in ledger])
    if not len(ledger):
        return model
    given = np.array([_first_guess(name) for name in types])
    for _ in range(_TURNS):
        said = chances(model.logits(rows[ledger])) * given[typed]
        said /= said.sum(1, keepdims=True)
        counts = np.stack(
            [np.bincount(typed, said[:, c], minlength=len(types)) for c in range(_SORTS)], 1
        )
        given = (counts + 0.5) / (counts.sum(0) + 0.5 * len(types))
        model = _logistic(
            SORT_FEATURES,
            np.concatenate([rows[known], *[rows[ledger]] * _SORTS]),
            np.concatenate([sort[known], *(np.full(len(ledger), c) for c in range(_SORTS))]),
            np.concatenate(
                [weight[known], *(_ONE_IN * _LEDGER_WEIGHT * said[:, c] for c in range(_SORTS))]
            ),
            _SORT_STRENGTH,
        )
    return model


def _first_guess(name: str) -> tuple[float, float, float]:
    """How often suppliers of each sort (neither, charity, other) get a type, to begin with."""
    if name in {"CHTY", "VH", "VCS"}:
        return 0.003, 0.5, 0.05
    if name == "CIC":
        return 0.0005, 0.01, 0.6
    if name in {"CHU", "YTH"}:
        return 0.005, 0.05, 0.05
    return 0.2, 0.05, 0.1


def _fit_link(
    compared: Sequence[Compared],
    weighed: Sequence[Weighed],
    sort: Logistic,
    index: Index,
) -> Logistic:
    values, labels, weights = [], [], []
    for one, each in zip(compared, weighed, strict=True):
        said = link_values(each, chances(sort.logits(each.sort_values)))
        supplier = each.pairs.supplier
        rank = np.arange(len(supplier)) - np.searchsorted(supplier, supplier)
        audited = np.array([own.source == AUDITED for own in one.labelled])
        charity = each.kind == Kind.CHARITY
        chosen = audited[supplier] & charity & (rank < _MOST_LINKED)
        right = right_pairs(one.labelled, each.pairs, index)
        values.append(said[chosen])
        labels.append(right[chosen])
        weights.append(np.ones(int(chosen.sum())))
    return _logistic(
        LINK_FEATURES,
        np.concatenate(values),
        np.concatenate(labels),
        np.concatenate(weights),
        _LINK_STRENGTH,
    )
