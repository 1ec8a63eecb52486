"""`make bench-classify`: how many charities are found, how often rightly, how fast, beside others.

Every supplier is judged by a model that was not fitted to it (five folds, all names of one charity
in the same); thresholds are set on those judgements.
"""

import argparse
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import psutil

from services.classify.classification import classify
from services.classify.definitions.definition import read_definitions
from services.classify.fitting.compared import compare_all
from services.classify.fitting.labelled import AUDITED, CHARITY, LEDGER, PUBLIC, read_labelled
from services.classify.fitting.out_of_fold import Seen, out_of_fold
from services.classify.fitting.thresholds import Thresholds, is_right, set_thresholds
from services.classify.index_files import index_files
from services.classify.matching.index import Index
from services.classify.matching.known import NOTHING
from services.classify.supplier import Supplier
from tests.bench.classify_baselines import charity_names, exact, similar
from tests.bench.classify_errors import analyse_errors
from tests.bench.figures import figure, say
from tests.support.data import data_folder

Said = npt.NDArray[np.bool_]
SURELY_CHARITIES = {"CHTY", "VH", "VCS"}
SURELY_NOT = {
    *("LTD", "SOLE", "PLC", "LLP", "WGA", "EDUC", "PRSH", "MEDC", "HOTL", "CHAM", "FACT", "UNI"),
    *("PUB", "NDDP", "B"),
}
_TOP = 3
_AT_ONCE = 2000
_BINS = (0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.01)
_LEDGER_PRECISION = 0.80
_MEGABYTE = 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), help="folder of real data")
    data = parser.parse_args().data
    if data is None:
        parser.error("the folder of real data is not here: --data or LOCALPOUND_DATA names it")
    index = measure_index(data / "registers")
    labelled = read_labelled(data / "benchmark")
    measure_speed([one.name for one in labelled if one.source == LEDGER], index)
    say("judging every supplier by a model that was not fitted to it")
    seen = out_of_fold(compare_all(labelled, index), index)
    thresholds = set_thresholds(seen, index)
    for name, value in thresholds._asdict().items():
        figure("classify_threshold", value, "chance", of=name)
    names = charity_names(index)
    measure_audited(
        [one for one in seen if one.labelled.source == AUDITED], thresholds, index, names
    )
    public = [one for one in seen if one.labelled.source == PUBLIC]
    taken = sum(float(one.sorts[CHARITY]) >= thresholds.charity_at for one in public)
    figure("classify_public_bodies_taken_for_charities", taken, "names", of=len(public))
    measure_ledger([one for one in seen if one.labelled.source == LEDGER], thresholds, names)
    analyse_errors(seen, thresholds, index)


def measure_index(folder: Path) -> Index:
    """The index from its cached file, and what it takes."""
    index_files(folder)
    before = psutil.Process().memory_info().rss
    started = time.perf_counter()
    index = index_files(folder)
    index.searched  # noqa: B018 - made when first asked for
    index.known  # noqa: B018 - likewise
    figure("classify_index_seconds", time.perf_counter() - started, "s", names=index.entries)
    held = psutil.Process().memory_info().rss
    figure("classify_index_memory", (held - before) / _MEGABYTE, "MB", process=held / _MEGABYTE)
    return index


def measure_speed(payees: Sequence[str], index: Index) -> None:
    """Distinct names a second by one process, evidence and memberships included."""
    definitions = read_definitions()
    suppliers = [Supplier("", payee) for payee in dict.fromkeys(payees)]
    started = time.perf_counter()
    for at in range(0, len(suppliers), _AT_ONCE):
        classify(suppliers[at : at + _AT_ONCE], NOTHING, index, definitions)
    seconds = time.perf_counter() - started
    figure("classify_names_per_second", len(suppliers) / seconds, "1/s", processes=1)


def measure_audited(
    seen: Sequence[Seen], thresholds: Thresholds, index: Index, names: dict[str, str]
) -> None:
    """The suppliers of NHS bodies that were checked by hand."""
    is_charity = np.array([one.labelled.sort == CHARITY for one in seen])
    chances = np.array([float(one.sorts[CHARITY]) for one in seen])
    said = chances >= thresholds.charity_at
    _recall_and_precision("model", said, is_charity, AUDITED)
    best = [one.candidates[0] if one.candidates else (0.0, -1) for one in seen]
    auto = np.array([chance >= thresholds.auto_at for chance, _ in best])
    right = np.array(
        [is_right(one, place, index) for one, (_, place) in zip(seen, best, strict=True)]
    )
    _links("model", auto, right, is_charity)
    audited = [one for one in seen if one.labelled.type == "vcse_charity"]
    among = [
        any(is_right(one, place, index) for _, place in one.candidates[:_TOP]) for one in audited
    ]
    figure("classify_right_among_three", float(np.mean(among)), "share", of=len(audited))
    review = np.array([chance >= thresholds.review_at for chance, _ in best]) | said
    figure("classify_in_review", float(np.mean(review & ~auto)), "share", of=len(seen))
    _calibration("registered_charity", chances, is_charity)
    _calibration("link", np.array([chance for chance, _ in best]), right)
    payees = [one.labelled.name for one in seen]
    for way, found in (("exact", exact(payees, names)), ("similar", similar(payees, names))):
        _recall_and_precision(way, np.array([f is not None for f in found]), is_charity, AUDITED)
        linked = np.array([bool(f) for f in found])
        same = np.array([f == one.labelled.right for f, one in zip(found, seen, strict=True)])
        _links(way, linked, same & linked, is_charity)


def measure_ledger(seen: Sequence[Seen], thresholds: Thresholds, names: dict[str, str]) -> None:
    """A whole ledger's payees, by its own types: those that are mixed are left out."""
    own = [one for one in seen if one.labelled.type in SURELY_CHARITIES | SURELY_NOT]
    is_charity = np.array([one.labelled.type in SURELY_CHARITIES for one in own])
    chances = np.array([float(one.sorts[CHARITY]) for one in own])
    _recall_and_precision("model", chances >= thresholds.charity_at, is_charity, LEDGER)
    order = np.argsort(-chances)
    found = np.cumsum(is_charity[order])
    enough = np.flatnonzero(found / np.arange(1, len(own) + 1) >= _LEDGER_PRECISION)
    recall = found[enough[-1]] / is_charity.sum() if len(enough) else 0.0
    figure("classify_recall_at_precision", float(recall), "share", rows=LEDGER, precision=0.8)
    payees = [one.labelled.name for one in own]
    for way, said in (("exact", exact(payees, names)), ("similar", similar(payees, names))):
        _recall_and_precision(way, np.array([f is not None for f in said]), is_charity, LEDGER)


def _recall_and_precision(way: str, said: Said, true: Said, rows: str) -> None:
    both = float((said & true).sum())
    recall, precision = both / max(true.sum(), 1), both / max(said.sum(), 1)
    figure("classify_recall", recall, "share", of="registered_charity", by=way, rows=rows)
    figure("classify_precision", precision, "share", of="registered_charity", by=way, rows=rows)
    say(f"{rows:24} {way:8} registered_charity: recall {recall:.3f}, precision {precision:.3f}")


def _links(way: str, linked: Said, right: Said, is_charity: Said) -> None:
    good = float((linked & right).sum())
    recall, precision = good / max(is_charity.sum(), 1), good / max(linked.sum(), 1)
    figure("classify_recall", recall, "share", of="auto links", by=way, rows=AUDITED)
    figure("classify_precision", precision, "share", of="auto links", by=way, rows=AUDITED)
    say(f"{AUDITED:24} {way:8} links: recall {recall:.3f}, right {precision:.3f}")


def _calibration(what: str, chances: npt.NDArray[np.float64], true: Said) -> None:
    figure("classify_brier", float(np.mean((chances - true) ** 2)), "1", of=what)
    say(f"{what}: said, were so, suppliers")
    for low, high in pairwise(_BINS):
        own = (chances >= low) & (chances < high)
        if own.any():
            said, were = float(chances[own].mean()), float(true[own].mean())
            figure(
                "classify_reliability",
                were,
                "share",
                of=what,
                said=round(said, 3),
                n=int(own.sum()),
            )
            say(f"  {said:.3f}  {were:.3f}  {int(own.sum())}")


if __name__ == "__main__":
    main()
