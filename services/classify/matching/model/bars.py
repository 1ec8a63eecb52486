"""What the chances are not allowed to say: bars that no weight of evidence lifts, and coherence."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.matching.kinds import VCSE, Kind
from services.classify.matching.model.features import PAIR_FEATURES
from services.classify.matching.model.sort_values import SORT_FEATURES
from services.classify.matching.model.weighing import Weighed

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
_OTHER = [kind for kind in VCSE if kind != Kind.CHARITY]
_NEVER_SURE = 0.5
_UNLIKE = -3.0
_LEAST_LIKELY = 0.15
_TWO_WORDS = 0.3  # as the feature has it, between one word and two


class Bars(NamedTuple):
    """Suppliers that are never surely VCSE; pairs that are never surely right; pairs that do not
    even say of what sort the supplier is.
    """

    supplier: Flags
    pair: Flags
    silent: Flags


def consistent(sorts: Floats, links: Floats, weighed: Weighed) -> tuple[Floats, Floats]:
    """The chances of sorts and links so that they agree, and so that what is barred is not sure.

    A supplier is one body: links to several share one chance. No sort is less likely than its
    likeliest candidate. None is a charity for sure where no charity is at all likely, or bears the
    very name.
    """
    supplier, kind = weighed.pairs.supplier, weighed.kind
    count = len(sorts)
    charity, other = kind == Kind.CHARITY, np.isin(kind, _OTHER)
    bars = _bars(weighed, charity | other)
    capped = bars.pair | (bars.supplier[supplier] & (charity | other))
    links = np.where(capped, np.minimum(links, _NEVER_SURE), links)
    links /= np.maximum(np.bincount(supplier, links, minlength=count), 1)[supplier]
    telling = charity & ~bars.silent
    same = _pairs(weighed, "same_folded") | _pairs(weighed, "same_words")
    same &= ~_branch(weighed, count)
    likely = np.zeros(count)
    np.maximum.at(likely, supplier[telling], (links + same)[telling])
    sure = (
        np.minimum(sorts[:, 1], np.where(bars.supplier | (likely < _LEAST_LIKELY), _NEVER_SURE, 1)),
        np.minimum(sorts[:, 2], np.where(bars.supplier, _NEVER_SURE, 1)),
    )
    for one, own in zip(sure, (charity, other), strict=True):
        np.maximum.at(one, supplier[own], links[own])
    other_chance = np.minimum(sure[1], 1 - sure[0])
    chances = np.stack([1 - sure[0] - other_chance, sure[0], other_chance], 1)
    return chances.astype(np.float32), links.astype(np.float32)


def _bars(weighed: Weighed, vcse: Flags) -> Bars:
    """Who is never surely VCSE: what calls itself a public body or bears the very name of one, for
    NHS trusts and schools hold charities of their name (a university or a hospital, unless its very
    name is a charity's); and whom nothing on a register is like.

    Which pair is never surely right: where the payee states a legal form that the organisation has
    not, or the words of a trading company beside it; where three or four letters, or places, are
    all that agree, or one word beside a rare one, as in a person's name; where the payee is a
    hospital, a college or a company and the organisation the charity beside it, or that of its
    friends, students or parents; and one that was removed, when another of its name registered
    later.
    """
    supplier = weighed.pairs.supplier
    count = len(weighed.sort_values)

    def words(feature: str) -> Flags:
        flags: Flags = weighed.sort_values[:, SORT_FEATURES.index(feature)] > 0
        return flags

    def suppliers(chosen: Flags) -> Flags:
        return np.bincount(supplier[chosen], minlength=count) > 0

    same = _pairs(weighed, "same_words")
    itself = suppliers(same & weighed.numbered & (weighed.kind == Kind.CHARITY))
    public = words("public_words") | (words("likely_public_words") & ~itself)
    public |= suppliers(same & (weighed.kind == Kind.PUBLIC))
    public |= words("school_words") & suppliers(same & (weighed.kind == Kind.TEACHING))
    stated = words("stated_plc") | words("stated_llp") | words("stated_cic")
    silent = _pairs(weighed, "form_conflicts") & stated[supplier]
    for feature in (
        *("trading_company", "short_initialism", "beside_body", "places_only", "word_of_name"),
    ):
        silent |= _pairs(weighed, feature)
    silent &= vcse
    pair = silent | (vcse & _pairs(weighed, "removed") & _pairs(weighed, "later_twin"))
    return Bars(public | ~suppliers(vcse & ~silent & (weighed.fit > _UNLIKE)), pair, silent)


def _branch(weighed: Weighed, count: int) -> Flags:
    """Pairs that agree in one word within the name, which is no body's first letters: a town, by
    which names are told apart, more often than a name.
    """
    supplier = weighed.pairs.supplier
    letters = np.bincount(supplier, _pairs(weighed, "initialism"), minlength=count) > 0
    one_word = _values(weighed, "words_count") < _TWO_WORDS
    return _pairs(weighed, "name_within") & one_word & ~letters[supplier]


def _values(weighed: Weighed, feature: str) -> Floats:
    values: Floats = weighed.pairs.values[:, PAIR_FEATURES.index(feature)]
    return values


def _pairs(weighed: Weighed, feature: str) -> Flags:
    return _values(weighed, feature) > 0
