"""What is still wrong, by kind, and what would mend it."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from services.classify.fitting.labelled import AUDITED, CHARITY
from services.classify.fitting.out_of_fold import Seen
from services.classify.fitting.thresholds import Thresholds, is_right
from services.classify.matching.index import Index
from tests.bench.figures import figure, say

_TOP = 3
_EXAMPLES = 4


def analyse_errors(seen: Sequence[Seen], thresholds: Thresholds, index: Index) -> None:
    """Print a figure and some examples for each kind of error among the audited suppliers."""
    known = {index.org_ids.text(n) for n in range(len(index.organisations))}
    kinds: Counter[str] = Counter()
    examples: dict[str, list[str]] = defaultdict(list)
    for one in seen:
        if one.labelled.source != AUDITED:
            continue
        for kind in _kinds(one, thresholds, index, known):
            kinds[kind] += 1
            examples[kind].append(one.labelled.name)
    for kind, count in sorted(kinds.items()):
        figure("classify_errors", count, "suppliers", kind=kind)
        say(f"{count:5} {kind}: {'; '.join(examples[kind][:_EXAMPLES])}")


def _kinds(one: Seen, thresholds: Thresholds, index: Index, known: set[str]) -> list[str]:
    found = []
    said = float(one.sorts[CHARITY]) >= thresholds.charity_at
    charity = one.labelled.sort == CHARITY
    if said and not charity:
        found.append(f"said to be a charity, is {one.labelled.type}")
    best = one.candidates[0] if one.candidates else (0.0, -1)
    if best[0] >= thresholds.auto_at and not is_right(one, best[1], index):
        found.append("linked, to the wrong charity" if charity else "linked, and no charity")
    if not charity:
        return found
    missed = "" if said else "missed: "
    if one.labelled.right not in known:
        found.append(f"{missed}its number is in no register that is loaded")
    elif not any(is_right(one, place, index) for _, place in one.candidates):
        found.append(f"{missed}no word or name in common with its register entry")
    elif not any(is_right(one, place, index) for _, place in one.candidates[:_TOP]):
        found.append(f"{missed}found, behind three others")
    elif not said:
        found.append("missed: among the first three, but not sure enough")
    return found
