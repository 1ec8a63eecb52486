"""What the columns of a table are called where each needs a name of its own."""

from collections import Counter
from functools import lru_cache

SURPLUS = "surplus"
"""The fields of a row beyond the columns."""


@lru_cache(maxsize=16)
def column_names(headers: tuple[str, ...]) -> tuple[str, ...]:
    """The headers, each once: `column 3` where there is none, `Amount (2)` the second time."""
    names: dict[str, None] = {}
    met: Counter[str] = Counter()
    for place, header in enumerate(headers, 1):
        name = wanted = header or f"column {place}"
        while name in names or name == SURPLUS:
            met[wanted] += 1
            name = f"{wanted} ({met[wanted] + 1})"
        names[name] = None
    return tuple(names)
