"""The two published ways to find charities among payees, on the same rows as ours.

Exact: the normalised name is a charity's. Similar: Jaro-Winkler of at least 0.90 to a charity's
name that begins with the same four letters, the likest one taken.
"""

from collections import defaultdict
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from services.classify.matching.index.index import Index
from services.classify.matching.kinds import Kind
from services.classify.matching.names import comparable

SIMILAR_FROM = 0.90
_BLOCK = 4


def charity_names(index: Index) -> dict[str, str]:
    """Comparable names of charities with the org-id of one that bears each, if it has one."""
    arrays = index.arrays
    names: dict[str, str] = {}
    for entry in range(index.entries):
        start, end = arrays["bearers_start"][entry : entry + 2]
        bearing = [
            int(arrays["borne_by"][at])
            for at in range(start, end)
            if arrays["name_kind"][at] != _WITHIN
        ]
        own = [one for one in bearing if arrays["kind"][one] == Kind.CHARITY]
        if own:
            ids = [index.org_ids.text(one) for one in own]
            names[index.names.text(entry)] = next(filter(None, ids), "")
    return names


_WITHIN = 4


def exact(payees: Sequence[str], names: dict[str, str]) -> list[str | None]:
    """For each payee the org-id of the charity of its name, empty without one, None if none."""
    return [names.get(comparable(payee).words) for payee in payees]


def similar(payees: Sequence[str], names: dict[str, str]) -> list[str | None]:
    """Likewise by similarity."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for name in names:
        blocks[name[:_BLOCK]].append(name)
    found: list[str | None] = []
    for payee in payees:
        words = comparable(payee).words
        best = process.extractOne(
            words,
            blocks.get(words[:_BLOCK], []),
            scorer=JaroWinkler.similarity,
            score_cutoff=SIMILAR_FROM,
        )
        found.append(names[best[0]] if best and words else None)
    return found
