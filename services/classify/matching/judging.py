"""What the fitted model says of a batch of suppliers: chances of sorts and of candidates."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.matching.candidates import Reading, Readings
from services.classify.matching.features import PAIR_FEATURES, Pairs, PairValues
from services.classify.matching.index import Index
from services.classify.matching.kinds import Kind
from services.classify.matching.model import Model, chance, chances
from services.classify.matching.weighing import (
    SORT_FEATURES,
    Weighed,
    compare,
    link_values,
    weigh,
)
from services.classify.supplier import Supplier

Floats = npt.NDArray[np.float32]


class Judged(NamedTuple):
    """A body that a supplier may be: places in the index, its chance, and the pair's features."""

    bearer: int
    organisation: int
    kind: Kind
    chance: float
    reading: Reading
    values: PairValues


class Judgement(NamedTuple):
    """A supplier's candidates, the likeliest first, and the chances of what it is."""

    candidates: list[Judged]
    charity: float
    other: float


_MOST_JUDGED = 14
_KINDS = tuple(Kind)


def judge(suppliers: Sequence[Supplier], index: Index, model: Model) -> list[Judgement]:
    """The judgement of each supplier, in their order."""
    if not index.entries or not suppliers:
        return [Judgement([], 0, 0)] * len(suppliers)
    readings, pairs = compare(suppliers, index)
    return judge_compared(readings, pairs, len(suppliers), index, model)


def judge_compared(
    readings: Readings, pairs: Pairs, count: int, index: Index, model: Model
) -> list[Judgement]:
    """The judgement of each of `count` suppliers that were compared."""
    weighed = weigh(readings, pairs, count, model.fit, index)
    sorts = chances(model.sort.logits(weighed.sort_values))
    links = chance(model.link.logits(link_values(weighed, sorts))[:, 0])
    sorts, links = consistent(sorts, links, weighed)
    judged: list[list[Judged]] = [[] for _ in range(count)]
    for supplier, one in _likeliest(readings, weighed, links):
        judged[supplier].append(one)
    return [
        Judgement(own, charity, other)
        for own, (charity, other) in zip(judged, sorts[:, 1:].tolist(), strict=True)
    ]


def _likeliest(readings: Readings, weighed: Weighed, links: Floats) -> Iterator[tuple[int, Judged]]:
    """The likeliest candidates of each supplier, with the supplier's place."""
    pairs = weighed.pairs
    order = np.lexsort((-links, pairs.supplier))
    supplier = pairs.supplier[order]
    rank = np.arange(len(order)) - np.searchsorted(supplier, supplier)
    order = order[rank < _MOST_JUDGED]
    columns = zip(
        *(column[order].tolist() for column in pairs[:-1]),
        weighed.kind[order].tolist(),
        # In double precision, in which the fourth place of a float32 is exact.
        np.round(links[order].astype(np.float64), 4).tolist(),
        pairs.values[order],
        strict=True,
    )
    for place, reading, bearer, organisation, kind, link, values in columns:
        yield (
            place,
            Judged(
                bearer, organisation, _KINDS[kind], link, readings.rows[reading], PairValues(values)
            ),
        )


_OTHER = [Kind.COMMUNITY_INTEREST, Kind.SOCIETY, Kind.SPORTS_CLUB]
_NEVER_SURE = 0.5
_UNLIKE = -3.0
_LEAST_LIKELY = 0.1


def consistent(sorts: Floats, links: Floats, weighed: Weighed) -> tuple[Floats, Floats]:
    """The chances of sorts and links so that they agree, and so that what is barred is not sure.

    A supplier is one body: links to several share one chance. No sort is less likely than its
    likeliest candidate, and none is sure where no candidate of it is at all likely.
    """
    supplier, kind = weighed.pairs.supplier, weighed.kind
    count = len(sorts)
    charity, other = kind == Kind.CHARITY, np.isin(kind, _OTHER)
    barred_supplier, barred_pair = _barred(weighed, charity | other)
    capped = barred_pair | (barred_supplier[supplier] & (charity | other))
    links = np.where(capped, np.minimum(links, _NEVER_SURE), links)
    links /= np.maximum(np.bincount(supplier, links, minlength=count), 1)[supplier]
    open_still = charity & ~barred_pair
    likely = np.bincount(supplier[open_still], links[open_still], minlength=count)
    never = barred_supplier | (likely < _LEAST_LIKELY)
    most = np.where(never, _NEVER_SURE, 1)
    sure = np.minimum(sorts[:, 1], most), np.minimum(sorts[:, 2], most)
    for one, own in zip(sure, (charity, other), strict=True):
        np.maximum.at(one, supplier[own], links[own])
    charity_chance = sure[0]
    other_chance = np.minimum(sure[1], 1 - charity_chance)
    neither = 1 - charity_chance - other_chance
    return (
        np.stack([neither, charity_chance, other_chance], 1).astype(np.float32),
        links.astype(np.float32),
    )


def _barred(
    weighed: Weighed, vcse: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Suppliers that are never surely VCSE, and pairs that are never surely right.

    The payee's own words, or a public body of exactly its name, say that it is a public body: NHS
    trusts and schools hold charities of their name. A university or a hospital is one unless its
    very name is a charity's. The payee states a legal form that the organisation has not, or the
    words of a trading company beside it; three or four letters, or places, are all that agree;
    it is a hospital or a college, and the organisation the charity beside it; or that was removed, and another of its name registered later. Nothing on a register is like it.
    """
    supplier, values = weighed.pairs.supplier, weighed.pairs.values
    count = len(weighed.sort_values)

    def pairs(feature: str) -> npt.NDArray[np.bool_]:
        return values[:, PAIR_FEATURES.index(feature)] > 0

    def words(feature: str) -> npt.NDArray[np.bool_]:
        return weighed.sort_values[:, SORT_FEATURES.index(feature)] > 0

    def suppliers(chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        return np.bincount(supplier[chosen], minlength=count) > 0

    same = pairs("same_words")
    itself = suppliers(same & weighed.numbered & (weighed.kind == Kind.CHARITY))
    public = words("public_words") | (words("likely_public_words") & ~itself)
    public |= suppliers(same & (weighed.kind == Kind.PUBLIC))
    public |= words("school_words") & suppliers(same & (weighed.kind == Kind.TEACHING))
    stated = words("stated_plc") | words("stated_llp") | words("stated_cic")
    pair = pairs("form_conflicts") & stated[supplier]
    pair |= pairs("trading_company") | pairs("short_initialism")
    pair |= pairs("beside_body") | pairs("places_only")
    pair |= pairs("removed") & pairs("later_twin")
    pair &= vcse
    return public | ~suppliers(vcse & ~pair & (weighed.fit > _UNLIKE)), pair
