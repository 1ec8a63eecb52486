"""What `classify` says of labelled suppliers, each judged by a model that was not fitted to it.

By thresholds that were not set on it either: those of the other four folds.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.classify.definitions.definition import read_definitions
from services.classify.definitions.membership import count
from services.classify.fitting.compared import FOLDS
from services.classify.fitting.labelled import Labelled
from services.classify.fitting.out_of_fold import Seen
from services.classify.fitting.thresholds import is_right, set_thresholds
from services.classify.match_files.match_file import CHARITY
from services.classify.matching.index.index import Index
from services.classify.matching.match import Match
from services.classify.matching.model.judging import Judgement
from services.classify.matching.model.model import Thresholds
from services.classify.matching.named import match_judged
from services.classify.supplier import Supplier


class Said(NamedTuple):
    """A labelled supplier, its judgement and match, and what follows: that it is a registered
    charity, that it is linked, that the link is right, that the right one is among the first three.
    """

    labelled: Labelled
    judgement: Judgement
    match: Match
    charity: bool
    auto: bool
    right: bool
    among: bool

    @property
    def likeliest(self) -> float:
        """The chance of the first candidate."""
        return self.judgement.candidates[0].chance if self.judgement.candidates else 0.0


def thresholds_by_fold(seen: Sequence[Seen], index: Index) -> list[Thresholds]:
    """For each fold the thresholds that the others set, by which its own may be honestly scored."""
    return [
        set_thresholds([one for one in seen if one.fold != fold], index) for fold in range(FOLDS)
    ]


def say_of(seen: Sequence[Seen], index: Index) -> list[Said]:
    """What is said of each, fold by fold."""
    definitions, known = read_definitions(), index.known
    said = []
    for fold, thresholds in enumerate(thresholds_by_fold(seen, index)):
        own = [one for one in seen if one.fold == fold]
        suppliers = [Supplier("", one.labelled.name) for one in own]
        judgements = [one.judgement for one in own]
        noted: list[tuple[str, ...]] = [()] * len(own)
        matches = match_judged(suppliers, noted, judgements, known, index, thresholds)
        for one, match in zip(own, matches, strict=True):
            memberships = count(match, definitions, known).memberships
            auto = match.tier == "auto"
            said.append(
                Said(
                    one.labelled,
                    one.judgement,
                    match,
                    any(each.definition == CHARITY for each in memberships),
                    auto,
                    auto and is_right(one, 0, index),
                    one.labelled.right in {each.organisation or "" for each in match.candidates},
                )
            )
    return said
