"""What is known of a supplier itself, in numbers: one row for each, by which its sort is judged."""

import re

import numpy as np
import numpy.typing as npt
from scipy import sparse

from services.classify.matching.candidates import Readings
from services.classify.matching.forms import STATED
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import Kind
from services.classify.matching.model.features import PAIR_FEATURES, Pairs
from services.classify.matching.model.likeness import NAME_FEATURES
from services.classify.matching.model.model import columns
from services.classify.matching.public_bodies import is_likely_public, is_public_body, is_school

Floats = npt.NDArray[np.float32]

NONE = -10.0
"""How well the candidate fits that a supplier has not."""
TOLD = (
    *NAME_FEATURES,
    *("name_previous", "name_working", "name_merged", "name_within"),
    *("form_none", "form_agrees", "form_open", "form_conflicts", "form_only_register"),
    *("removed", "numberless", "income", "income_unknown", "is_company", "limited_company"),
    *("bearers", "charity_bearers", "later_twin", "recent", "names_borne", "within_short"),
    *("trading_company", "short_initialism", "beside_body", "places_only"),
    "word_of_name",
)
"""Features of a pair that speak of the supplier, too: those of its likeliest charity."""
TOLD_COLUMNS = columns(PAIR_FEATURES, TOLD)
SORT_FEATURES = (
    *("best_charity", "best_numbered", "second_charity", "charities_close"),
    *(f"best_{kind.name.lower()}" for kind in Kind if kind is not Kind.CHARITY),
    *("over_others", "over_public", "over_company", "over_teaching", "over_interest"),
    *(f"its_{name}" for name in TOLD),
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
_COMPETING = [kind - 1 for kind in Kind if kind not in {Kind.CHARITY, Kind.GUARANTEE}]
_CLOSE = 1.5
_PERSON = re.compile(
    r"^(?:MR|MRS|MISS|MS|DR|PROF|REV|SIR)\b|^[A-Z'-]+,? [A-Z'-]+ [A-Z]$|^[A-Z'-]+, [A-Z]+"
)


def sort_values(
    readings: Readings,
    pairs: Pairs,
    fit: Floats,
    kind: npt.NDArray[np.int8],
    count: int,
    index: Index,
) -> Floats:
    """The features of each supplier: its candidates together, and its own words."""
    best = np.full((count, len(Kind)), NONE, np.float32)
    np.maximum.at(best, (pairs.supplier, kind), fit)
    charity = np.flatnonzero(kind == Kind.CHARITY)
    supplier = pairs.supplier[charity]
    first = np.unique(supplier, return_index=True)[1]
    place = np.arange(len(charity)) - np.repeat(first, np.diff(np.append(first, len(charity))))
    second = np.full(count, NONE, np.float32)
    second[supplier[place == 1]] = fit[charity[place == 1]]
    numbered = np.full(count, NONE, np.float32)
    with_number = charity[index.arrays["numbered"][pairs.organisation[charity]]]
    np.maximum.at(numbered, pairs.supplier[with_number], fit[with_number])
    close = np.bincount(
        supplier, fit[charity] >= best[supplier, Kind.CHARITY] - _CLOSE, minlength=count
    )
    told = np.zeros((count, len(TOLD_COLUMNS)), np.float32)
    told[supplier[place == 0]] = pairs.values[charity[place == 0]][:, TOLD_COLUMNS]
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
