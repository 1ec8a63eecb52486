"""What the fitted model says of a batch of suppliers: chances of sorts and of candidates."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.matching.candidates import Reading, Readings
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import Kind
from services.classify.matching.model.bars import consistent
from services.classify.matching.model.features import Pairs, PairValues
from services.classify.matching.model.model import Model, chance, chances
from services.classify.matching.model.weighing import (
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
