"""Whether an answer is one that the committed documents of the doors say."""

import json
from functools import cache

from tests.support.contracts import OPENAPI


def undocumented(method: str, path: str, status: int) -> bool:
    """Whether a route of a door answered what its document does not say.

    Routes of no door, methods that a route does not have (405) and errors of ours (500) are no
    part of a document.
    """
    known = _documented().get((method, path))
    return known is not None and status not in {*known, 405, 500}


@cache
def _documented() -> dict[tuple[str, str], set[int]]:
    """Statuses by method and path; where two doors have the same route, those of both."""
    found: dict[tuple[str, str], set[int]] = {}
    for document in OPENAPI.glob("*.json"):
        for path, said in json.loads(document.read_text())["paths"].items():
            for method, operation in said.items():
                statuses = map(int, operation["responses"])
                found.setdefault((method.upper(), path), set()).update(statuses)
    return found
