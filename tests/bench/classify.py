"""`make bench-classify`: how many charities are found, how often rightly, how fast, beside others.

Every supplier is judged by a model that was not fitted to it (five folds, all names of one charity
in the same) and by thresholds that were not set on it; what is scored is what `match` would say.
"""

import argparse
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from services.classify.classification import classify
from services.classify.definitions.definition import read_definitions
from services.classify.fitting.compared import compare_all
from services.classify.fitting.labelled import AUDITED, CHARITY, LEDGER, PUBLIC, read_labelled
from services.classify.fitting.out_of_fold import out_of_fold
from services.classify.fitting.thresholds import set_thresholds
from services.classify.match_files.index_files import index_files
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import VCSE, kind_of
from services.classify.matching.known import NOTHING
from services.classify.supplier import Supplier
from tests.bench.classify_baselines import charity_names, exact, similar
from tests.bench.classify_errors import analyse_errors
from tests.bench.classify_figures import both_ways, calibration
from tests.bench.classify_ledger import Ways, measure_ledger
from tests.bench.classify_said import Said, say_of
from tests.bench.figures import figure, say
from tests.support.data import data_folder

_AT_ONCE = 2000
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
    for name, value in set_thresholds(seen, index)._asdict().items():
        figure("classify_threshold", value, "chance", of=name)
    said = say_of(seen, index)
    names = charity_names(index)
    ways: Ways = [
        ("exact", partial(exact, names=names)),
        ("similar", partial(similar, names=names)),
    ]
    measure_audited([one for one in said if one.labelled.source == AUDITED], ways)
    measure_public_bodies([one for one in said if one.labelled.source == PUBLIC])
    measure_ledger(said, index, ways, names)
    analyse_errors(said, index)


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


def measure_audited(said: Sequence[Said], ways: Ways) -> None:
    """The suppliers of NHS bodies that were checked by hand; a link to anything but the right
    charity counts as wrong.
    """
    is_charity = np.array([one.labelled.sort == CHARITY for one in said])
    both_ways("model", np.array([one.charity for one in said]), is_charity, AUDITED)
    auto, right = np.array([one.auto for one in said]), np.array([one.right for one in said])
    both_ways("model", auto, right, AUDITED, "auto links", is_charity)
    charities = [one for one in said if one.labelled.type == "vcse_charity"]
    among = float(np.mean([one.among for one in charities]))
    figure("classify_right_among_three", among, "share", rows=AUDITED, of=len(charities))
    review = float(np.mean([one.match.tier == "review" for one in said]))
    figure("classify_in_review", review, "share", of=len(said))
    say(f"{AUDITED}: right charity among three {among:.3f}, in review {review:.3f}")
    chances = np.array([one.judgement.charity for one in said])
    calibration("registered_charity", chances, is_charity)
    first = np.array([_is_first(one) for one in said])
    calibration("link", np.array([one.likeliest for one in said]), first)
    payees = [one.labelled.name for one in said]
    for way, of in ways:
        found = of(payees)
        both_ways(way, np.array([each is not None for each in found]), is_charity, AUDITED)
        linked = np.array([bool(each) for each in found])
        same = [each == one.labelled.right for each, one in zip(found, said, strict=True)]
        both_ways(way, linked, np.array(same) & linked, AUDITED, "auto links", is_charity)


def _is_first(one: Said) -> bool:
    first = one.match.candidates[0].organisation if one.match.candidates else None
    return first is not None and first == one.labelled.right


def measure_public_bodies(said: Sequence[Said]) -> None:
    """NHS bodies, practices and councils, none of which is the charity beside it."""
    taken = sum(one.charity for one in said)
    figure("classify_public_bodies_taken_for_charities", taken, "names", of=len(said))
    linked = [one.match.organisation for one in said if one.match.organisation]
    vcse = sum(kind_of(organisation) in VCSE for organisation in linked)
    figure("classify_public_bodies_linked_to_charities", vcse, "names", of=len(said))
    say(f"{PUBLIC}: {taken} of {len(said)} taken for charities, {vcse} linked to one")


if __name__ == "__main__":
    main()
