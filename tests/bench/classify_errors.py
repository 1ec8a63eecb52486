"""What is still wrong, by kind, and what would mend it."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from services.classify.fitting.labelled import AUDITED, CHARITY
from services.classify.matching.index.index import Index
from tests.bench.classify_said import Said
from tests.bench.figures import figure, say

_EXAMPLES = 4


def analyse_errors(said: Sequence[Said], index: Index) -> None:
    """Print a figure and some examples for each kind of error among the audited suppliers."""
    known = {index.org_ids.text(n) for n in range(len(index.organisations))}
    kinds: Counter[str] = Counter()
    examples: dict[str, list[str]] = defaultdict(list)
    for one in said:
        if one.labelled.source == AUDITED:
            for kind in _kinds(one, index, known):
                kinds[kind] += 1
                examples[kind].append(one.labelled.name)
    for kind, count in sorted(kinds.items()):
        figure("classify_errors", count, "suppliers", kind=kind)
        say(f"{count:5} {kind}: {'; '.join(examples[kind][:_EXAMPLES])}")


def _kinds(one: Said, index: Index, known: set[str]) -> list[str]:
    found = []
    charity = one.labelled.sort == CHARITY
    if one.charity and not charity:
        found.append(f"said to be a charity, is {one.labelled.type}")
    if one.auto and not one.right:
        found.append(_linked(one, charity=charity, known=known))
    if not charity:
        return found
    missed = "" if one.charity else "missed: "
    if one.labelled.right not in known:
        found.append(f"{missed}its number is in no register that is loaded")
    elif not _is_candidate(one, index):
        found.append(f"{missed}hardly a word in common with its names in the register")
    elif not one.among:
        found.append(f"{missed}found, behind three others")
    elif not one.charity:
        found.append(f"missed: among the first three, not sure enough ({one.match.rule})")
    return found


def _linked(one: Said, *, charity: bool, known: set[str]) -> str:
    if not charity:
        return f"linked, and no charity: {one.labelled.type}"
    if one.labelled.right not in known:
        return "linked to another, for its number is in no register that is loaded"
    return "linked, to the wrong charity"


def _is_candidate(one: Said, index: Index) -> bool:
    return any(
        index.org_ids.text(each.organisation) == one.labelled.right
        for each in one.judgement.candidates
    )
