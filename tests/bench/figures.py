"""One JSON line a figure."""

import json
import math
import os
import sys

from tests.bench.machine import versions


def figure(name: str, value: float, unit: str, **settings: object) -> None:
    """Print a figure with what it depends on."""
    line = {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "settings": settings,
        "versions": versions(),
        "cores": os.cpu_count(),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def percentile(values: list[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def say(words: str) -> None:
    """What goes on, for whoever waits; not a figure."""
    sys.stderr.write(words + "\n")
