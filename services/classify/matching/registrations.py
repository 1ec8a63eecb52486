"""Other registrations of a body: numbers among which a person may have to choose.

A body is judged once, as the registration by which it was likeliest paid. Where another charity
carried it on, or it is on the register of another nation as well, the name alone does not tell
which of its numbers is meant: the other stands among the candidates with its share of the chance.
"""

from collections.abc import Sequence

from services.classify.matching.kinds import VCSE, kind_of
from services.classify.matching.known import Known
from services.classify.organisation import Organisation
from shared.events import Candidate

_SHARE = 0.1
"""Of its body's chance: 2 audited suppliers in 121 and 4 of 22 grants meant the other number."""
_MOST = 2


def with_registrations(
    candidates: Sequence[Candidate], least: float, known: Known
) -> list[Candidate]:
    """The candidates with other registrations of those that have a chance of `least` or more."""
    found = list(candidates)
    told = {candidate.organisation for candidate in candidates}
    for candidate in candidates:
        if candidate.organisation is None or candidate.score < least:
            continue
        for other in _others(candidate.organisation, known):
            if other.org_id not in told:
                score = round(candidate.score * _SHARE, 4)
                told.add(other.org_id)
                found.append(
                    Candidate(organisation=other.org_id, name=other.name[:200], score=score)
                )
    return sorted(found, key=lambda candidate: -candidate.score)


def _others(org_id: str, known: Known) -> list[Organisation]:
    """What it is as well, or was carried on by; what it carried on, unless that is many."""
    ahead, behind = [], []
    for link in known.links.get(org_id, ()):
        if link.a == org_id or link.kind == "same":
            ahead.append(link.b if link.a == org_id else link.a)
        else:
            behind.append(link.a)
    others = dict.fromkeys([*ahead, *(behind if len(behind) <= _MOST else ())])
    known_others = [known.by_id[other] for other in others if other in known.by_id]
    return [other for other in known_others if kind_of(other) in VCSE][:_MOST]
