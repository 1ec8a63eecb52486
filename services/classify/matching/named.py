"""Rules by name: what the model's judgement of a supplier makes of it."""

from collections.abc import Sequence

from services.classify.matching.bodies import Body, bodies
from services.classify.matching.evidence import (
    chances_told,
    considered,
    entry_of_bearer,
    told,
)
from services.classify.matching.index import Index
from services.classify.matching.judging import Judged, Judgement, judge
from services.classify.matching.kinds import VCSE, Kind
from services.classify.matching.known import Known
from services.classify.matching.match import MOST_CANDIDATES, Match, carried_on
from services.classify.matching.model import Model
from services.classify.matching.names import comparable
from services.classify.matching.public_bodies import is_public_body
from services.classify.matching.published_identifier import is_other_company
from services.classify.organisation import Organisation
from services.classify.supplier import Supplier
from shared.events import Candidate, Tier

_BRANCHED = ("MIND", "AGEUK", "CITIZENSADVICE", "HOMESTART", "MENCAP", "RELATE", "YMCA", "CRUSE")
_MOST_POSSIBLE = 5
_NAMED = 0.9  # of the weight of a registered name
_NEVER_AUTO = {"several-suppliers", "initialism", "exact-name-only"}
_PLAUSIBLE = 0.2


def match_names(
    suppliers: Sequence[Supplier],
    noted: Sequence[tuple[str, ...]],
    known: Known,
    index: Index,
    model: Model,
) -> list[Match]:
    """The match of each supplier by its name; `noted` is what earlier rules found wanting."""
    return [
        _match(supplier, own, judgement, known, index, model)
        for supplier, own, judgement in zip(
            suppliers, noted, judge(suppliers, index, model), strict=True
        )
    ]


def _match(
    supplier: Supplier,
    noted: tuple[str, ...],
    judgement: Judgement,
    known: Known,
    index: Index,
    model: Model,
) -> Match:
    if not comparable(supplier.payee).words:
        return Match("none", "no-name", (*noted, "The payee has no letters to compare."))
    best = judgement.candidates[0] if judgement.candidates else None
    if best is None:
        return Match(
            "none", "no-match", (*noted, "No organisation in the registers bears this name.")
        )
    organisation = index.organisations[best.organisation]
    tier, rule, doubt = _decide(supplier, best, organisation, judgement, model)
    possible = _possible(tier, best, judgement, known, index, model) if doubt is None else ()
    tier = "review" if tier == "none" and possible else tier
    if tier == "none" and rule not in _TOLD_ALL_THE_SAME:
        evidence = ["No organisation in the registers bears this name, or one that is like enough."]
    else:
        evidence = told(supplier.payee, best, index, known)
        evidence += [doubt] if doubt else []
        evidence.append(chances_told(best.chance, judgement.charity))
        successions = [link for body in possible for link in body.successions]
        evidence += [carried_on(link, known) for link in successions[:MOST_CANDIDATES]]
    others = judgement.candidates[1:MOST_CANDIDATES]
    if tier != "none":
        evidence += considered(best, others, index)
    return Match(
        tier,
        rule if tier != "none" or rule in _TOLD_ALL_THE_SAME else "no-match",
        (*noted, *evidence),
        organisation if tier == "auto" else None,
        possible,
        tuple(_candidate(one, index) for one in judgement.candidates[:MOST_CANDIDATES]),
        link_chance=best.chance,
        charity_chance=round(judgement.charity, 4),
    )


_NEVER_CHARITY = {"PLC", "LLP", "CIC"}
_MAY_VOUCH = {*VCSE, Kind.GUARANTEE}
_TOLD_ALL_THE_SAME = {"exact-name-not-vcse", "public-body"}


def _decide(
    supplier: Supplier,
    best: Judged,
    organisation: Organisation,
    judgement: Judgement,
    model: Model,
) -> tuple[Tier, str, str | None]:
    """The tier, the rule that decided, and a doubt that overrules the model, if there is one."""
    words, stated = comparable(supplier.payee)
    rule = _rule(best, judgement.candidates[1:])
    tier: Tier = "none"
    if best.chance >= model.auto_at:
        tier = "auto"
    elif best.chance >= model.review_at:
        tier = "review"
    if is_public_body(words) and best.kind in VCSE:
        said = "By its own words the payee is a public body, not a charity that bears its name."
        return ("review" if tier != "none" else "none"), "public-body", said
    vcse = judgement.charity + judgement.other
    if best.values["same_words"] and best.kind not in _MAY_VOUCH and vcse < model.other_at:
        return "none", "exact-name-not-vcse", f"This organisation is a {organisation.legal_form}."
    if best.kind in VCSE and best.values["form_conflicts"] and stated in _NEVER_CHARITY:
        said = f"The payee calls itself {stated}, which that register entry is not."
        return ("review" if tier != "none" else "none"), "form-conflict", said
    if best.kind in VCSE and best.values["trading_company"]:
        said = "By its words it is a trading company, which is not the charity that owns it."
        return ("review" if tier != "none" else "none"), "trading-company", said
    if organisation.org_id is None or rule in _NEVER_AUTO:
        tier = "review" if tier == "auto" else tier
    if tier == "auto" and (differs := is_other_company(supplier, organisation)):
        return "review", "company-differs", differs
    return tier, rule, None


def _rule(best: Judged, others: Sequence[Judged]) -> str:
    """The strongest evidence for the likeliest candidate, by name."""
    values = best.values
    shared = any(other.values["same_words"] and other.kind in VCSE for other in others)
    branch = any(word in _BRANCHED for word in best.reading.tokens)
    for rule, holds in (
        ("several-suppliers", any(_other_part(best, other) for other in others)),
        ("exact-name-only", values["numberless"] and values["same_words"]),
        ("part-of-name", values["name_within"]),
        ("exact-name-shared", values["same_words"] and shared),
        ("exact-name", values["same_words"]),
        ("folded-name", values["same_folded"] or values["same_unspaced"] or values["same_set"]),
        ("initialism", values["initialism"]),
        ("branch-name", branch),
    ):
        if holds:
            return rule
    return "similar-name"


def _other_part(best: Judged, other: Judged) -> bool:
    """Whether the payee names both, one in each of its parts."""
    one, another = best.reading.part, other.reading.part
    named = other.values["covering"] >= _NAMED and best.values["covering"] >= _NAMED
    return named and one.role == another.role == "one" and one.text != another.text


def _possible(
    tier: Tier,
    best: Judged,
    judgement: Judgement,
    known: Known,
    index: Index,
    model: Model,
) -> tuple[Body, ...]:
    """The bodies that vouch for the supplier: the one linked, or all that a sure sort may be."""
    if tier == "auto":
        return (_body(best, known, index),)
    if judgement.charity >= model.charity_at:
        sort: Sequence[Kind] = (Kind.CHARITY,)
    elif judgement.charity + judgement.other >= model.other_at:
        sort = VCSE
    else:
        return ()
    own = [one for one in judgement.candidates if one.kind in sort]
    likely = max((one.chance for one in own), default=0)
    return tuple(
        _body(one, known, index)
        for one in own[:_MOST_POSSIBLE]
        if one.chance >= likely * _PLAUSIBLE
    )


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
    org_id, name = index.organisations.called(one.organisation)
    return Candidate(organisation=org_id, name=name[:200], score=one.chance)
