"""How well each column would be each field, and the assignment that is the best in sum."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.ingest.shapes.evidence import Evidence
from services.ingest.shapes.fields import FIELDS, FITS, NEEDED

_OF_WORDS, _OF_VALUES = 0.6, 0.4
_NEEDED_WEIGHT = 3.0
LEAST_FIT = {"payment_date": 0.4, "amount": 0.5, "payee": 0.35}
_LEAST_FIT_OF_OTHERS = 0.3
LEAST_SAID = 0.6
_BY_VALUES_ALONE = 0.6
_FEW = 4
SURE = 0.95
_NAMED_OUTRIGHT, _FIT_OF_FEW = 0.8, 0.25
MAPPED = 1.0
_ABOVE_ALL = 10.0

Words = Sequence[Mapping[str, float]]
"""For each column, how much its header says each field."""


def score_columns(
    words: Words, named: Sequence[bool], evidence: Sequence[Evidence], answers: Mapping[str, int]
) -> np.ndarray:
    """A row for each of `FIELDS`, a column for each of the table's: 0 to 1, an answer above all."""
    scores = np.zeros((len(FIELDS), len(words)))
    for row, field in enumerate(FIELDS):
        if field in answers:
            scores[row, answers[field]] = _ABOVE_ALL * MAPPED
            continue
        for place, seen in enumerate(evidence):
            scores[row, place] = _score(field, words[place], seen, named=named[place])
    return scores


def assign(scores: np.ndarray) -> dict[str, int]:
    """One column at most for each field, one field at most for each column."""
    weights = np.array([_NEEDED_WEIGHT if field in NEEDED else 1.0 for field in FIELDS])
    leftmost = np.arange(scores.shape[1]) * 1e-6
    gain = np.where(scores > 0, scores * weights[:, None] - leftmost[None, :], 0.0)
    rows, places = _assign_best(gain)
    return {
        FIELDS[row]: int(place)
        for row, place in zip(rows, places, strict=True)
        if scores[row, place] > 0
    }


def _assign_best(gain: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and the column of each, whose gains are the most in sum.

    Where no two rows want the same column each has the one that it wants, as in nearly every file.
    """
    rows = np.flatnonzero(gain.max(axis=1, initial=0.0) > 0)
    wanted = gain[rows].argmax(axis=1) if rows.size else rows
    if np.unique(wanted).size == rows.size:
        return rows, wanted
    # A second and 50 MB, which few files need.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    assigned: tuple[np.ndarray, np.ndarray] = linear_sum_assignment(gain, maximize=True)
    return assigned


def main_field(words: Mapping[str, float]) -> str:
    """The field that a header says most of all."""
    return max(words, key=lambda field: words[field], default="")


def _score(field: str, words: Mapping[str, float], seen: Evidence, *, named: bool) -> float:
    """How well a column would be this field, 0 to 1; 0 where it can't be."""
    said = words.get(field, 0.0)
    rival = max((share for other, share in words.items() if other != field), default=0.0)
    if rival > said:
        said = max(0.0, 2 * said - rival)
    fit = FITS[field](seen)
    if field in NEEDED:
        elsewhere = said == 0 and rival >= SURE  # its header says outright that it is another
        if seen.cells < _FEW and said >= _NAMED_OUTRIGHT:
            fit = max(fit, _FIT_OF_FEW)
        elif elsewhere or not _may_be(field, said, fit):
            return 0.0
    elif said < LEAST_SAID or not named or (seen.cells and fit < _LEAST_FIT_OF_OTHERS):
        return 0.0
    return _OF_WORDS * said + _OF_VALUES * fit


def _may_be(field: str, said: float, fit: float) -> bool:
    """Whether values fit a needed field at all, and well where the header hardly says it."""
    return fit >= (LEAST_FIT[field] if said >= _BY_VALUES_ALONE else _BY_VALUES_ALONE)
