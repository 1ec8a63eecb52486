"""A whole council's payees, of which most are no charity, by what the council itself knows of them.

Its ledger's types are noisy: charities are filed as companies or businesses, choirs and carnivals
as charities. So they are read in several ways, each printed:

- granted: the positives are the names to which the council paid grants and of which it printed a
  charity number that the register has; so the right charity is known, too.
- charitable: the positives are the types for charities, village halls and voluntary bodies.
- wide: with youth groups and churches.

The negatives are payees of types that are surely no charity's (companies, sole traders, schools,
parishes, doctors, public bodies), without those granted as charities; for `wide` companies alone,
which is where similar names are wrong two times in three, as published. Types that hold both
(`BUSN`, early years, `CIC`) are left out. Of the negatives that were called charities it is told
how many bear the very name of a registered charity: there the register contradicts the type.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.classify.fitting.labelled import GRANTED, LEDGER
from services.classify.matching.index.index import Index
from services.classify.matching.names import comparable
from tests.bench.classify_figures import both_ways
from tests.bench.classify_said import Said
from tests.bench.figures import figure, say

CHARITABLE = {"CHTY", "VH", "VCS"}
WIDE = {*CHARITABLE, "YTH", "CHU"}
COMPANIES = {"LTD", "PLC", "LLP"}
SURELY_NOT = {
    *COMPANIES,
    *("SOLE", "WGA", "EDUC", "PRSH", "MEDC", "HOTL", "CHAM", "FACT", "UNI", "PUB", "NDDP", "B"),
}
_LEAST_PRECISION = 0.80
Ways = Sequence[tuple[str, Callable[[Sequence[str]], list[str | None]]]]


class _Reading(NamedTuple):
    name: str
    positive: list[Said]
    negative: list[Said]


def measure_ledger(said: Sequence[Said], index: Index, ways: Ways, names: dict[str, str]) -> None:
    """Print each reading: what is said, the curve's recall, the other ways on the same rows."""
    ids = {index.org_ids.text(n) for n in range(len(index.organisations))}
    granted = [one for one in said if one.labelled.source == GRANTED and one.labelled.right in ids]
    granted_names = {_words(one) for one in granted}
    ledger = [one for one in said if one.labelled.source == LEDGER]

    def typed(types: set[str]) -> list[Said]:
        return [one for one in ledger if one.labelled.type in types]

    def never(types: set[str]) -> list[Said]:
        return [one for one in typed(types) if _words(one) not in granted_names]

    for reading in (
        _Reading("granted", granted, never(SURELY_NOT)),
        _Reading("charitable", typed(CHARITABLE), never(SURELY_NOT)),
        _Reading("wide", typed(WIDE), never(COMPANIES)),
    ):
        _measure(reading, ways, names)
    figure(
        "classify_right_among_three",
        float(np.mean([one.among for one in granted])),
        "share",
        rows=f"{LEDGER} granted",
        of=len(granted),
    )
    linked = [one for one in granted if one.auto]
    right = float(np.mean([one.right for one in linked]))
    figure("classify_precision", right, "share", of="auto links", rows=f"{LEDGER} granted")
    say(
        f"{LEDGER} granted: right charity among three {np.mean([o.among for o in granted]):.3f}, "
        f"linked {len(linked) / len(granted):.3f}, right {right:.3f}"
    )


def _measure(reading: _Reading, ways: Ways, names: dict[str, str]) -> None:
    every = [*reading.positive, *reading.negative]
    true = np.arange(len(every)) < len(reading.positive)
    rows = f"{LEDGER} {reading.name}"
    both_ways("model", np.array([one.charity for one in every]), true, rows)
    false = [one for one in reading.negative if one.charity]
    named = sum(bool(names.get(_words(one))) for one in false)
    figure("classify_said_against_type", len(false), "payees", rows=rows, named=named)
    say(f"{rows}: {len(false)} said against their type, {named} of them by a charity's very name")
    recall = _recall_at(np.array([one.judgement.charity for one in every]), true)
    figure("classify_recall_at_precision", recall, "share", rows=rows, precision=_LEAST_PRECISION)
    payees = [one.labelled.name for one in every]
    for way, found in ways:
        both_ways(way, np.array([each is not None for each in found(payees)]), true, rows)


def _recall_at(chances: npt.NDArray[np.float64], true: npt.NDArray[np.bool_]) -> float:
    """The most that is found where at least four in five are right, whatever the threshold."""
    order = np.argsort(-chances, kind="stable")
    found = np.cumsum(true[order])
    enough = np.flatnonzero(found / np.arange(1, len(order) + 1) >= _LEAST_PRECISION)
    return float(found[enough[-1]] / true.sum()) if len(enough) else 0.0


def _words(one: Said) -> str:
    return comparable(one.labelled.name).words
