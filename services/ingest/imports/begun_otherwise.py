"""An import that is not finished, and goes on only as it was begun."""

from collections.abc import Mapping, Sequence
from typing import Any

_MOST_SAID = 3


def say_begun_otherwise(
    name: str, begun: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> str:
    """Why a file's import can't go on: by which columns it was begun, and which it is given now.

    `begun` and `now` are the decisions about its sheets.
    """
    said = [
        f"{field} as {before['header']}" + (f", not {other}" if other else "")
        for here, there in zip(begun, now, strict=False)
        for field, before in here["columns"].items()
        if before["header"] != (other := there["columns"].get(field, {}).get("header"))
    ]
    how = f" ({'; '.join(said[:_MOST_SAID])})" if said else ""
    return (
        f"the import of {name} was begun with other columns{how} and is not finished: give the "
        "answers with which it was begun, or take it back first"
    )
