"""From pairs to suppliers: the best candidates of each, and what they say of it together."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from services.classify.matching.candidates import Readings, find, read
from services.classify.matching.forms import STATED
from services.classify.matching.index.hashed import postcode_hash
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import Kind
from services.classify.matching.model.features import (
    PAIR_FEATURES,
    Pairs,
    pair_features,
)
from services.classify.matching.model.likeness import NAME_FEATURES, name_features
from services.classify.matching.model.model import Logistic, columns
from services.classify.matching.public_bodies import is_likely_public, is_public_body, is_school
from services.classify.supplier import Supplier

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

FIT_FEATURES = tuple(
    name for name in PAIR_FEATURES if not name.startswith("kind_") and name != "numberless"
)
_COMPETING = [kind - 1 for kind in Kind if kind not in {Kind.CHARITY, Kind.GUARANTEE}]
_NONE = -10.0
_CLOSE = 1.5
_STANDS = 1.0  # of two registrations of one body, that which stands is meant
_TOLD = (
    *NAME_FEATURES,
    *("name_previous", "name_working", "name_merged", "name_within"),
    *("form_none", "form_agrees", "form_open", "form_conflicts", "form_only_register"),
    *("removed", "numberless", "income", "income_unknown", "is_company", "limited_company"),
    *("bearers", "charity_bearers", "later_twin", "recent", "names_borne", "within_short"),
    *("trading_company", "short_initialism", "beside_body", "places_only"),
    "word_of_name",
)
SORT_FEATURES = (
    *("best_charity", "best_numbered", "second_charity", "charities_close"),
    *(f"best_{kind.name.lower()}" for kind in Kind if kind is not Kind.CHARITY),
    *("over_others", "over_public", "over_company", "over_teaching", "over_interest"),
    *(f"its_{name}" for name in _TOLD),
    *(f"words_{kind.name.lower()}" for kind in Kind),
    *(
        f"most_{kind.name.lower()}"
        for kind in (Kind.CHARITY, Kind.COMPANY, Kind.PUBLIC, Kind.TEACHING)
    ),
    *(f"stated_{form.lower() or 'none'}" for form in STATED),
    *(
        "public_words",
        "likely_public_words",
        "school_words",
        "unknown_words",
        "words",
        "several_parts",
        "digits",
        "person",
    ),
)
LINK_FEATURES = (
    *("fit", "over_best_other", "over_next", "of_its_sort", "sort_chance", "charities_close"),
    *("guarantee_over", "best_numbered"),
    *(f"its_{name}" for name in _TOLD),
    *("postcode_same", "postcode_differs", "words_charity", "person", "public_words", "is_charity"),
)
_SORT_OF_KIND = np.array([1, 2, 2, 2, 0, 0, 0, 0])


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


FIT_COLUMNS = columns(PAIR_FEATURES, FIT_FEATURES)
_TOLD_COLUMNS = columns(PAIR_FEATURES, _TOLD)


def weigh(readings: Readings, pairs: Pairs, count: int, model: Logistic, index: Index) -> Weighed:
    """The candidates of each supplier by how well they fit, and the supplier's own features."""
    fit = model.logits(pairs.values[:, FIT_COLUMNS])[:, 0].astype(np.float32)
    pairs, fit = _best_of_bodies(pairs, fit, index)
    kind = index.arrays["kind"][pairs.organisation]
    numbered = index.arrays["numbered"][pairs.organisation]
    return Weighed(
        pairs, fit, kind, numbered, _sort_values(readings, pairs, fit, kind, count, index)
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


def _sort_values(
    readings: Readings,
    pairs: Pairs,
    fit: Floats,
    kind: npt.NDArray[np.int8],
    count: int,
    index: Index,
) -> Floats:
    best = np.full((count, len(Kind)), _NONE, np.float32)
    np.maximum.at(best, (pairs.supplier, kind), fit)
    charity = np.flatnonzero(kind == Kind.CHARITY)
    supplier = pairs.supplier[charity]
    first = np.unique(supplier, return_index=True)[1]
    place = np.arange(len(charity)) - np.repeat(first, np.diff(np.append(first, len(charity))))
    second = np.full(count, _NONE, np.float32)
    second[supplier[place == 1]] = fit[charity[place == 1]]
    numbered = np.full(count, _NONE, np.float32)
    with_number = charity[index.arrays["numbered"][pairs.organisation[charity]]]
    np.maximum.at(numbered, pairs.supplier[with_number], fit[with_number])
    close = np.bincount(
        supplier, fit[charity] >= best[supplier, Kind.CHARITY] - _CLOSE, minlength=count
    )
    told = np.zeros((count, len(_TOLD_COLUMNS)), np.float32)
    told[supplier[place == 0]] = pairs.values[charity[place == 0]][:, _TOLD_COLUMNS]
    mine, others = best[:, Kind.CHARITY], best[:, 1:]
    values = [
        *(mine, numbered, second, np.log1p(close)),
        *others.T,
        mine - others[:, _COMPETING].max(1),
        mine - best[:, Kind.PUBLIC],
        mine - best[:, Kind.COMPANY],
        mine - best[:, Kind.TEACHING],
        mine - best[:, Kind.COMMUNITY_INTEREST],
    ]
    return np.concatenate(
        [np.stack(values, 1), told, _text_values(readings, count, index)], 1
    ).astype(np.float32)


_PERSON = re.compile(
    r"^(?:MR|MRS|MISS|MS|DR|PROF|REV|SIR)\b|^[A-Z'-]+,? [A-Z'-]+ [A-Z]$|^[A-Z'-]+, [A-Z]+"
)


def _text_values(readings: Readings, count: int, index: Index) -> Floats:
    """What the payee's own words say of it, read whole."""
    values = np.zeros((count, len(Kind) + 4 + len(STATED) + 8), np.float32)
    whole: dict[int, int] = {}
    for row, reading in enumerate(readings.rows):
        whole.setdefault(reading.supplier, row)
        if reading.part.role != "whole":
            values[reading.supplier, -3] = 1
    rows = np.array(list(whole.values()), np.int64)
    mine = np.array(list(whole), np.int64)
    if not len(rows):
        return values
    by_word = readings.by_word[rows]
    tokens = np.diff(by_word.indptr)
    odds = np.clip(index.arrays["word_kind"], -2.5, 2.5)
    present = by_word.copy()
    present.data = np.ones_like(present.data)
    values[mine, : len(Kind)] = (present @ odds) / np.maximum(tokens, 1)[:, None]
    strongest = odds[:, [Kind.CHARITY, Kind.COMPANY, Kind.PUBLIC, Kind.TEACHING]]
    for column in range(4):
        weighed = present @ sparse.diags_array(strongest[:, column] + 3)
        values[mine, len(Kind) + column] = np.asarray(weighed.max(1).todense()).ravel() - 3
    own = [readings.rows[row] for row in whole.values()]
    names = [reading.name.words for reading in own]
    counts = np.array([len(reading.tokens) for reading in own])
    stated = [STATED.index(reading.name.form or "") for reading in own]
    values[mine, len(Kind) + 4 + np.array(stated)] = 1
    values[mine, -8] = [is_public_body(words) for words in names]
    values[mine, -7] = [is_likely_public(words) for words in names]
    values[mine, -6] = [is_school(words) for words in names]
    values[mine, -5] = readings.unknown[rows] / np.maximum(counts, 1)
    values[mine, -4] = np.minimum(counts, 8) / 8
    values[mine, -2] = [any(map(str.isdigit, words)) for words in names]
    values[mine, -1] = [_PERSON.match(words) is not None for words in names]
    return values


def _best_rival(supplier: Integers, fit: Floats, rival: npt.NDArray[np.bool_]) -> Floats:
    """For each candidate the best fit of another that competes with it."""
    count = int(supplier.max()) + 1 if len(supplier) else 0
    best, second = np.full(count, _NONE, np.float32), np.full(count, _NONE, np.float32)
    places = np.flatnonzero(rival)
    first = places[np.unique(supplier[places], return_index=True)[1]]
    best[supplier[first]] = fit[first]
    others = np.setdiff1d(places, first)
    after = others[np.unique(supplier[others], return_index=True)[1]]
    second[supplier[after]] = fit[after]
    is_first = np.zeros(len(supplier), bool)
    is_first[first] = True
    return np.where(is_first, second[supplier], best[supplier])


def link_values(weighed: Weighed, sort_chances: Floats) -> Floats:
    """The features of each candidate for the question whether the supplier is it."""
    pairs, fit = weighed.pairs, weighed.fit
    supplier = pairs.supplier
    end = np.searchsorted(supplier, supplier, "right")
    # A guarantee company or a charity listed without number is likely the candidate itself.
    rival = weighed.numbered | ((weighed.kind != Kind.GUARANTEE) & (weighed.kind != Kind.CHARITY))
    other = _best_rival(supplier, fit, rival)
    padded = np.append(fit, _NONE)
    following = np.where(np.arange(len(fit)) + 1 < end, padded[np.arange(len(fit)) + 1], _NONE)
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
            pairs.values[:, _TOLD_COLUMNS],
            pairs.values[:, postcode],
            weighed.sort_values[supplier][:, at],
            (sort == 1)[:, None],
        ],
        1,
    ).astype(np.float32)
