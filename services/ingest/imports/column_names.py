"""What the columns of a table are called where each needs a name of its own."""

from collections.abc import Sequence

SURPLUS = "surplus"
"""The fields of a row beyond the columns."""


def column_names(headers: Sequence[str]) -> list[str]:
    """The headers, each once: `column 3` where there is none, `Amount (2)` the second time."""
    names: dict[str, None] = {}
    for place, header in enumerate(headers, 1):
        name = wanted = header or f"column {place}"
        again = 1
        while name in names or name == SURPLUS:
            again += 1
            name = f"{wanted} ({again})"
        names[name] = None
    return list(names)
