"""Recall, precision and calibration, as figures and as lines to read."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tests.bench.figures import figure, say

Flags = npt.NDArray[np.bool_]
_BINS = (0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.01)


def both_ways(
    way: str,
    said: Flags,
    true: Flags,
    rows: str,
    of: str = "registered_charity",
    all_true: Flags | None = None,
) -> None:
    """Recall and precision of what is said; `all_true` is what should be found, if not `true`."""
    found = float((said & true).sum())
    wanted = (true if all_true is None else all_true).sum()
    recall, precision = found / max(wanted, 1), found / max(said.sum(), 1)
    figure("classify_recall", recall, "share", of=of, by=way, rows=rows)
    figure("classify_precision", precision, "share", of=of, by=way, rows=rows)
    say(f"{rows:34} {way:8} {of}: recall {recall:.3f}, precision {precision:.3f}")


def calibration(of: str, chances: npt.NDArray[np.float64], true: Flags) -> None:
    """The Brier score, and what was so of all that was said to be so likely."""
    figure("classify_brier", float(np.mean((chances - true) ** 2)), "1", of=of)
    say(f"{of}: said, were so, suppliers")
    for low, high in pairwise(_BINS):
        own = (chances >= low) & (chances < high)
        if not own.any():
            continue
        said, were, count = float(chances[own].mean()), float(true[own].mean()), int(own.sum())
        figure("classify_reliability", were, "share", of=of, said=round(said, 3), n=count)
        say(f"  {said:.3f}  {were:.3f}  {count}")
