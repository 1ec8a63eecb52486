"""What the fitted model says of a batch of suppliers: chances of sorts and of candidates."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.matching.candidates import Reading, Readings
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import Kind
from services.classify.matching.model.bars import consistent
from services.classify.matching.model.features import Pairs, PairValues
from services.classify.matching.model.link_values import link_values
from services.classify.matching.model.model import Model, chance, chances
from services.classify.matching.model.weighing import Weighed, compare, weigh
from services.classify.supplier import Supplier

Floats = npt.NDArray[np.float32]
_MOST_JUDGED = 14
_KINDS = tuple(Kind)


class Judged(NamedTuple):
    """A body that a supplier may be: places in the index, its chance, and the pair's features."""

    bearer: int
    organisation: int
    kind: Kind
    chance: float
    reading: Reading
    values: PairValues


class _Columns(NamedTuple):
    """The candidates of a batch of suppliers, side by side."""

    readings: Sequence[Reading]
    reading: list[int]
    bearer: list[int]
    organisation: list[int]
    kind: list[int]
    chance: list[float]
    values: Floats


class Candidates(Sequence[Judged]):
    """The candidates of one supplier, the likeliest first, each made when it is asked for."""

    __slots__ = ("_among", "_places")

    def __init__(self, among: _Columns, places: range) -> None:
        self._among = among
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Judged]:
        return map(self.__getitem__, range(len(self._places)))

    def __getitem__(self, at: Any) -> Any:
        place = self._places[at]
        if isinstance(place, range):
            return Candidates(self._among, place)
        among = self._among
        return Judged(
            among.bearer[place],
            among.organisation[place],
            _KINDS[among.kind[place]],
            among.chance[place],
            among.readings[among.reading[place]],
            PairValues(among.values[place]),
        )


class Judgement(NamedTuple):
    """A supplier's candidates, the likeliest first, and the chances of what it is."""

    candidates: Sequence[Judged]
    charity: float
    other: float


def judge(suppliers: Sequence[Supplier], index: Index, model: Model) -> list[Judgement]:
    """The judgement of each supplier, in their order."""
    if not index.entries or not suppliers:
        return [Judgement((), 0, 0)] * len(suppliers)
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
    return [
        Judgement(own, charity, other)
        for own, (charity, other) in zip(
            _likeliest(readings, weighed, links, count), sorts[:, 1:].tolist(), strict=True
        )
    ]


def _likeliest(readings: Readings, weighed: Weighed, links: Floats, count: int) -> list[Candidates]:
    """The likeliest candidates of each supplier."""
    pairs = weighed.pairs
    order = np.lexsort((-links, pairs.supplier))
    supplier = pairs.supplier[order]
    rank = np.arange(len(order)) - np.searchsorted(supplier, supplier)
    order = order[rank < _MOST_JUDGED]
    among = _Columns(
        readings.rows,
        pairs.reading[order].tolist(),
        pairs.bearer[order].tolist(),
        pairs.organisation[order].tolist(),
        weighed.kind[order].tolist(),
        # In double precision, in which the fourth place of a float32 is exact.
        np.round(links[order].astype(np.float64), 4).tolist(),
        pairs.values[order],
    )
    ends = np.searchsorted(pairs.supplier[order], np.arange(count + 1)).tolist()
    return [Candidates(among, range(*bounds)) for bounds in pairwise(ends)]
