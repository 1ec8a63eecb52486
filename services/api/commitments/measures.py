"""Which function measures which promise, by the name that promises.toml gives it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from services.api.commitments.acting import notice, planning, retendering
from services.api.commitments.known import KnownYear
from services.api.commitments.lasting import longer, number, terms, uplift
from services.api.commitments.measured import Measured, cannot_be_told
from services.api.commitments.promise import Promise
from services.api.commitments.spending import breakdown, closer, pace, picture, small

Measure = Callable[[KnownYear, Mapping[str, float]], Measured]

MEASURES: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        *(breakdown, pace, picture, small, closer),
        *(terms, longer, number, uplift),
        *(notice, planning, retendering),
    )
}


class Judged(NamedTuple):
    """A promise and what was measured of it."""

    promise: Promise
    measured: Measured


def judge(promise: Promise, known: KnownYear) -> Judged:
    """The status of one promise by what was known."""
    if promise.measure is None:
        return Judged(promise, cannot_be_told(promise.untold or ""))
    return Judged(promise, MEASURES[promise.measure](known, promise.thresholds))
