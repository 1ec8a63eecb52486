"""Rules by name: what the model's judgement of a supplier makes of it."""

from collections.abc import Sequence

from services.classify.matching.bodies import Body, bodies
from services.classify.matching.deciding import TOLD_ALL_THE_SAME, decide
from services.classify.matching.evidence import (
    chances_told,
    considered,
    entry_of_bearer,
    told,
)
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import VCSE, Kind
from services.classify.matching.known import Known
from services.classify.matching.match import MOST_CANDIDATES, Match, carried_on
from services.classify.matching.model.judging import Judged, Judgement, judge
from services.classify.matching.model.model import Model, Thresholds
from services.classify.matching.names import comparable
from services.classify.matching.registrations import with_registrations
from services.classify.organisation import Organisation
from services.classify.supplier import Supplier
from shared.events import Candidate, Tier

_MOST_POSSIBLE = 5
_PLAUSIBLE = 0.2


def match_names(
    suppliers: Sequence[Supplier],
    noted: Sequence[tuple[str, ...]],
    known: Known,
    index: Index,
    model: Model,
) -> list[Match]:
    """The match of each supplier by its name; `noted` is what earlier rules found wanting."""
    judgements = judge(suppliers, index, model)
    return match_judged(suppliers, noted, judgements, known, index, model.thresholds)


def match_judged(
    suppliers: Sequence[Supplier],
    noted: Sequence[tuple[str, ...]],
    judgements: Sequence[Judgement],
    known: Known,
    index: Index,
    thresholds: Thresholds,
) -> list[Match]:
    """What is made of each judgement by these thresholds."""
    return [
        _match(supplier, own, judgement, known, index, thresholds)
        for supplier, own, judgement in zip(suppliers, noted, judgements, strict=True)
    ]


def _match(
    supplier: Supplier,
    noted: tuple[str, ...],
    judgement: Judgement,
    known: Known,
    index: Index,
    thresholds: Thresholds,
) -> Match:
    if not comparable(supplier.payee).words:
        return Match("none", "no-name", (*noted, "The payee has no letters to compare."))
    best = judgement.candidates[0] if judgement.candidates else None
    if best is None:
        return Match(
            "none", "no-match", (*noted, "No organisation in the registers bears this name.")
        )
    tier, rule, doubt, remark = decide(supplier, judgement, known, index, thresholds)
    possible = _possible(tier, best, judgement, known, index, thresholds) if doubt is None else ()
    tier = "review" if tier == "none" and possible else tier
    if tier == "none" and rule not in TOLD_ALL_THE_SAME:
        evidence = ["No organisation in the registers bears this name, or one that is like enough."]
    else:
        evidence = told(supplier.payee, best, index, known)
        evidence += [said for said in (doubt, remark) if said]
        evidence.append(chances_told(best.chance, judgement.charity))
        successions = [link for body in possible for link in body.successions]
        evidence += [carried_on(link, known) for link in successions[:MOST_CANDIDATES]]
    others = judgement.candidates[1:MOST_CANDIDATES]
    candidates: Sequence[Candidate] = [
        _candidate(one, index) for one in judgement.candidates[:MOST_CANDIDATES]
    ]
    if best.chance >= thresholds.review_at:
        candidates = with_registrations(candidates, thresholds.review_at, known)
    if tier != "none":
        evidence += considered(best, others, index)
    return Match(
        tier,
        rule if tier != "none" or rule in TOLD_ALL_THE_SAME else "no-match",
        (*noted, *evidence),
        index.organisations[best.organisation] if tier == "auto" else None,
        possible,
        tuple(candidates[:MOST_CANDIDATES]),
        link_chance=best.chance,
        charity_chance=round(judgement.charity, 4),
    )


def _possible(
    tier: Tier,
    best: Judged,
    judgement: Judgement,
    known: Known,
    index: Index,
    thresholds: Thresholds,
) -> tuple[Body, ...]:
    """The bodies that vouch for the supplier: the one linked, or all that a sure sort may be."""
    if tier == "auto":
        return (_body(best, known, index),)
    if not thresholds.surely_vcse(judgement.charity, judgement.other):
        return ()
    charity = judgement.charity >= thresholds.charity_at
    sort: Sequence[Kind] = (Kind.CHARITY,) if charity else VCSE
    own = [one for one in judgement.candidates if one.kind in sort]
    likely = max((one.chance for one in own), default=0)
    plausible = [one for one in own[:_MOST_POSSIBLE] if one.chance >= likely * _PLAUSIBLE]
    if sort == VCSE and all(one.kind == Kind.CHARITY for one in plausible):
        return ()  # they would say that it is a charity, which is not sure
    return tuple(_body(one, known, index) for one in plausible)


def _body(one: Judged, known: Known, index: Index) -> Body:
    """The body of a candidate, with its twins of the same name."""
    arrays = index.arrays
    entry = entry_of_bearer(one.bearer, index)
    start, end = arrays["bearers_start"][entry : entry + 2]
    bearing = arrays["borne_by"][start:end]
    same = bearing[arrays["body"][bearing] == arrays["body"][one.organisation]]
    own: Organisation = index.organisations[one.organisation]
    found = [own, *(index.organisations[int(o)] for o in same if o != one.organisation)]
    joined = bodies(found, known)
    body = next((each for each in joined if own in each.found), joined[0])
    return body._replace(present=own)


def _candidate(one: Judged, index: Index) -> Candidate:
    name = index.called.text(one.organisation)
    return Candidate(
        organisation=index.org_ids.text(one.organisation) or None,
        name=name[:200],
        score=one.chance,
    )
