"""Which names are borne by whom: those that registers print, and those held within them."""

from collections.abc import Mapping
from typing import NamedTuple

from services.classify.matching.forms import STATED
from services.classify.matching.kinds import VCSE, Kind, kind_of
from services.classify.matching.known import Known, identity
from services.classify.matching.names import comparable
from services.classify.matching.words import other_names

NAME_KINDS = ("current", "working", "previous", "merged", "within")
_WITHIN = NAME_KINDS.index("within")
_MOST_WITHIN = 12
_LISTED_TWICE = {Kind.CHARITY, Kind.GUARANTEE, Kind.SOCIETY, Kind.SPORTS_CLUB}


class Borne(NamedTuple):
    """Who bears a name: the organisation's place, the kind of name, the form it states, as printed.

    The kind is a place in NAME_KINDS, the form one in STATED.
    """

    organisation: int
    kind: int
    form: int
    printed: str


def who_bears(known: Known, places: Mapping[str, int]) -> dict[str, list[Borne]]:
    """Who bears each name, by comparable words, with the names held within registered ones.

    A list of names without numbers adds no charity that a register has under the same name.
    """
    borne: dict[str, list[Borne]] = {}
    within: dict[str, dict[int, Borne]] = {}
    for words, bearers in known.by_words.items():
        own = borne[words] = []
        numbered = any(b.organisation.org_id and kind_of(b.organisation) in VCSE for b in bearers)
        for organisation, name, kind in bearers:
            if numbered and organisation.org_id is None and kind_of(organisation) in _LISTED_TWICE:
                continue
            place = places[identity(organisation)]
            form = STATED.index(comparable(name).form or "")
            own.append(Borne(place, NAME_KINDS.index(kind), form, name))
            if organisation.org_id is None:
                continue
            for other in other_names(name):
                if inner := comparable(other).words:
                    within.setdefault(inner, {})[place] = Borne(place, _WITHIN, form, name)
    for words, found in within.items():
        own = borne.setdefault(words, [])
        present = {each.organisation for each in own}
        if len(found) <= _MOST_WITHIN:
            own += [each for place, each in found.items() if place not in present]
    return {words: own for words, own in borne.items() if own}
