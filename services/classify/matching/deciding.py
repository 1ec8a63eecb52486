"""The tier of a link, the rule that decided, and the doubts that overrule the model."""

from collections.abc import Sequence
from typing import NamedTuple

from services.classify.matching.beside import beside_a_body
from services.classify.matching.claim import Claim
from services.classify.matching.index.index import Index
from services.classify.matching.kinds import VCSE, Kind, kind_of
from services.classify.matching.known import Known
from services.classify.matching.model.judging import Judged, Judgement
from services.classify.matching.model.model import Thresholds
from services.classify.matching.names import comparable
from services.classify.matching.other_bodies import (
    another_body,
    another_nation,
    hardly_named,
    misspelled,
)
from services.classify.matching.persons import names_a_person
from services.classify.matching.public_bodies import is_likely_public, is_public_body
from services.classify.matching.published_identifier import is_other_charity, is_other_company
from services.classify.matching.several import beside_other, names_another, names_several
from services.classify.organisation import Organisation
from services.classify.supplier import Supplier
from shared.events import Tier

_BRANCHED = frozenset(
    ("MIND", "AGEUK", "CITIZENSADVICE", "HOMESTART", "MENCAP", "RELATE", "YMCA", "CRUSE")
)
_NAMED = 0.9  # of the weight of a registered name
_NEVER_AUTO = {"several-suppliers", "initialism", "exact-name-only"}
TOLD_ALL_THE_SAME = {"exact-name-not-vcse", "public-body"}
"""Rules that are told though nothing is matched."""


class Decided(NamedTuple):
    """`doubt` is a sentence where something overrules the model, `remark` one where it stands but
    a person must choose.
    """

    tier: Tier
    rule: str
    doubt: str | None = None
    remark: str | None = None


_NEVER_CHARITY = {"PLC", "LLP", "CIC"}
_COMPANIES = {Kind.COMPANY, Kind.COMMUNITY_INTEREST}
_MAY_VOUCH = {*VCSE, Kind.GUARANTEE}
_DOUBTS = (
    names_a_person,
    another_body,
    another_nation,
    hardly_named,
    misspelled,
    beside_a_body,
)


def decide(
    supplier: Supplier, judgement: Judgement, known: Known, index: Index, thresholds: Thresholds
) -> Decided:
    """What the likeliest candidate is to the supplier; there must be one.

    A charity is linked only where it is also sure that the supplier is a registered charity, and
    where no company bears its name: which of the two was paid, the name does not tell.
    """
    best, others = judgement.candidates[0], judgement.candidates[1:]
    tier: Tier = "none"
    if best.chance >= thresholds.auto_at:
        tier = "auto"
    elif best.chance >= thresholds.review_at:
        tier = "review"
    overruled = _said_otherwise(supplier, best, judgement, index, thresholds)
    if overruled is None:
        # Most payees are nothing that is sought: what they are called is looked at no closer.
        if tier == "none" and not thresholds.surely_vcse(judgement.charity, judgement.other):
            return Decided(tier, "no-match")
        overruled = _doubted(supplier, best, known, index)
    if overruled:
        return overruled._replace(tier="none" if tier == "none" else overruled.tier)
    rule = _rule(best, others)
    if tier != "auto":
        return Decided(tier, rule)
    return _linked(supplier, rule, judgement, known, index, thresholds)


def _linked(
    supplier: Supplier,
    rule: str,
    judgement: Judgement,
    known: Known,
    index: Index,
    thresholds: Thresholds,
) -> Decided:
    """Whether a candidate that is likely enough is linked, or a person must choose."""
    best, others = judgement.candidates[0], judgement.candidates[1:]
    organisation = index.organisations[best.organisation]
    if differs := _other_number(supplier, organisation, known):
        return differs
    unsure = best.kind == Kind.CHARITY and judgement.charity < thresholds.charity_at
    never = organisation.org_id is None or rule in _NEVER_AUTO
    never |= _has_namesake(others, thresholds.review_at)
    if names_several(supplier.payee, best, known):
        remark = "The payee names several organisations of the registers."
        return Decided("review", "several-suppliers", remark=remark)
    claim = Claim.of(supplier, best, index)
    if best.kind in VCSE and (another := names_another(claim, index)):
        return Decided("review", "several-suppliers", remark=another)
    if company := _company_of_the_name(supplier, organisation, known):
        remark = f"A company bears the name as well: {company.name}, {company.legal_form}."
        return Decided("review", "exact-name-of-company", remark=remark)
    return Decided("review" if unsure or never else "auto", rule)


def _said_otherwise(
    supplier: Supplier,
    best: Judged,
    judgement: Judgement,
    index: Index,
    thresholds: Thresholds,
) -> Decided | None:
    """The payee's very name is another body's, or its own words say that it is a public body."""
    words = comparable(supplier.payee).words
    same = best.values["same_words"] > 0
    if best.kind not in VCSE:
        vcse = judgement.charity + judgement.other
        if same and best.kind not in _MAY_VOUCH and vcse < thresholds.other_at:
            form = index.organisations[best.organisation].legal_form
            return Decided("none", "exact-name-not-vcse", f"This organisation is a {form}.")
        return None
    if is_public_body(words) or (is_likely_public(words) and not same):
        said = "By its own words the payee is a public body, not a charity that bears its name."
        return Decided("review", "public-body", said)
    return None


def _doubted(supplier: Supplier, best: Judged, known: Known, index: Index) -> Decided | None:
    """What the payee's own words say against a VCSE body, whatever its chance."""
    if best.kind not in VCSE:
        return None
    stated = comparable(supplier.payee).form
    if best.values["form_conflicts"] and stated in _NEVER_CHARITY:
        said = f"The payee calls itself {stated}, which that register entry is not."
        return Decided("review", "form-conflict", said)
    if best.values["trading_company"]:
        said = "By its words it is a trading company, which is not the charity that owns it."
        return Decided("review", "trading-company", said)
    claim = Claim.of(supplier, best, index)
    doubt = next((found for of in _DOUBTS if (found := of(claim))), beside_other(claim, known))
    return Decided("review", *doubt) if doubt else None


def _other_number(supplier: Supplier, organisation: Organisation, known: Known) -> Decided | None:
    """What a number that the ledger prints says against the organisation."""
    if differs := is_other_company(supplier, organisation):
        return Decided("review", "company-differs", differs)
    if differs := is_other_charity(supplier, organisation, known):
        return Decided("review", "charity-differs", differs)
    return None


def _company_of_the_name(
    supplier: Supplier, organisation: Organisation, known: Known
) -> Organisation | None:
    """A private or community interest company of the payee's very name that is another body."""
    if kind_of(organisation) != Kind.CHARITY:
        return None
    bearers = known.by_words.get(comparable(supplier.payee).words, ())
    for other in (bearer.organisation for bearer in bearers):
        itself = other.company_number and other.company_number == organisation.company_number
        if kind_of(other) in _COMPANIES and not itself and not other.removed:
            return other
    return None


def _has_namesake(others: Sequence[Judged], least: float) -> bool:
    """Whether another VCSE body bears the payee's very name, and may well be meant."""
    return any(
        other.values["same_words"] and other.kind in VCSE and other.chance >= least
        for other in others
    )


def _rule(best: Judged, others: Sequence[Judged]) -> str:
    """The strongest evidence for the likeliest candidate, by name."""
    values = best.values
    same = values["same_words"]
    folded = values["same_folded"] or values["same_unspaced"] or values["same_set"]
    for rule, holds in (
        ("several-suppliers", _names_another(best, others)),
        ("exact-name-only", same and values["numberless"]),
        ("part-of-name", values["name_within"]),
        ("exact-name-shared", same and _is_shared(others)),
        ("exact-name", same),
        ("folded-name", folded),
        ("initialism", values["initialism"]),
        ("branch-name", not _BRANCHED.isdisjoint(best.reading.tokens)),
    ):
        if holds:
            return rule
    return "similar-name"


def _is_shared(others: Sequence[Judged]) -> bool:
    """Whether another VCSE body bears the very name."""
    return any(other.values["same_words"] and other.kind in VCSE for other in others)


def _names_another(best: Judged, others: Sequence[Judged]) -> bool:
    """Whether the payee names another as well, one in each of its parts."""
    one = best.reading.part
    if one.role != "one" or best.values["covering"] < _NAMED:
        return False
    return any(
        other.values["covering"] >= _NAMED
        for other in others
        if other.reading.part.role == "one" and other.reading.part.text != one.text
    )
