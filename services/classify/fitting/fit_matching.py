"""Fit the evidence model anew and put its numbers in force: they are data with their date."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import orjson

from services.classify.fitting.compared import compare_all
from services.classify.fitting.labelled import read_labelled
from services.classify.fitting.out_of_fold import out_of_fold
from services.classify.fitting.regress import fit_model
from services.classify.fitting.thresholds import set_thresholds
from services.classify.matching.index.index import Index
from services.classify.matching.model.model import FITTED_FILE, Thresholds

STEPS = 6


def fit_matching(
    index: Index,
    benchmark: Path,
    today: date,
    target: Path = FITTED_FILE,
    watch: Callable[[int], object] = lambda _: None,
) -> Thresholds:
    """Write the numbers fitted to all suppliers, with thresholds set on those out of fold.

    Raises Rejected where the benchmark can't be read, Misconfigured without scikit-learn. `watch`
    is told of each of the STEPS that is done.
    """
    compared = compare_all(read_labelled(benchmark), index)
    watch(1)
    thresholds = set_thresholds(out_of_fold(compared, index, watch), index)
    model = fit_model(compared, index)
    said = {
        "fitted": today.isoformat(),
        "thresholds": thresholds._asdict(),
        **{name: getattr(model, name).written() for name in ("fit", "sort", "link")},
    }
    target.write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n")
    return thresholds
