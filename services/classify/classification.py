"""What is known of a supplier: which organisation it is, and under which definitions it counts."""

from collections.abc import Sequence
from typing import NamedTuple

from services.classify.definitions.definition import Definitions
from services.classify.definitions.flag import flags
from services.classify.definitions.membership import count
from services.classify.matching.index.index import Index
from services.classify.matching.known import Known
from services.classify.matching.match import Match
from services.classify.matching.rules import match_suppliers
from services.classify.measures import Measures
from services.classify.measures.bands import band_of
from services.classify.measures.places import locate
from services.classify.organisation import Organisation, combine
from services.classify.supplier import Supplier
from shared.events import Candidate, Exclusion, Flag, Membership, Reach, Tier


class Classification(NamedTuple):
    """The part of `supplier.classified.v1` that the registers and definitions decide."""

    tier: Tier
    score: float
    rule: str
    evidence: tuple[str, ...]
    organisation: str | None
    organisation_name: str | None
    legal_form: str | None
    redacted: bool
    memberships: tuple[Membership, ...]
    candidates: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...] = ()
    flags: tuple[Flag, ...] = ()
    charity_probability: float | None = None
    income: int | None = None
    income_band: str | None = None
    size: str | None = None
    place: str | None = None
    places: tuple[str, ...] = ()
    reach: Reach | None = None
    locality_rule: str | None = None


class Measured(NamedTuple):
    """What an organisation is like, whoever buys of it; None is not known."""

    income: int | None = None
    income_band: str | None = None
    size: str | None = None
    place: str | None = None
    places: tuple[str, ...] = ()
    reach: Reach | None = None
    locality_rule: str | None = None


def classify(
    suppliers: Sequence[Supplier], known: Known, index: Index, definitions: Definitions
) -> list[Classification]:
    """Match suppliers, evaluate every definition for each, and measure what it is."""
    every = known.beside(index.known)
    matches = match_suppliers(suppliers, known, index)
    return [
        _classified(supplier, match, every, definitions)
        for supplier, match in zip(suppliers, matches, strict=True)
    ]


def _classified(
    supplier: Supplier, match: Match, known: Known, definitions: Definitions
) -> Classification:
    organisation = match.organisation
    forms = {body.present.legal_form for body in match.possible}
    counted = count(match, definitions, known)
    return Classification(
        tier=match.tier,
        score=match.score,
        rule=match.rule,
        evidence=match.evidence,
        organisation=organisation.org_id if organisation else None,
        organisation_name=organisation.name if organisation else match.called,
        legal_form=forms.pop() if len(forms) == 1 else None,
        redacted=match.rule == "redacted-payee",
        memberships=counted.memberships,
        candidates=match.candidates,
        exclusions=counted.exclusions,
        flags=flags(match, definitions),
        charity_probability=match.charity_chance,
        **_measured(match, supplier, definitions.measures)._asdict(),
    )


def _measured(match: Match, supplier: Supplier, measures: Measures) -> Measured:
    """The measures of the one body that the supplier is or may be; of several, none."""
    if len(match.possible) != 1:
        return Measured()
    [body] = match.possible
    # Registers under another identifier of the same body fill what this one leaves out.
    return measure(combine([body.present, *body.found]), measures, supplier.postcode)


def measure(
    organisation: Organisation, measures: Measures, ledger_postcode: str | None = None
) -> Measured:
    """The bands of an organisation's income, and where it is."""
    located = locate(organisation, measures.system, ledger_postcode)
    return Measured(
        organisation.income,
        band_of(organisation.income, measures.bands),
        band_of(organisation.income, measures.sizes),
        located.place,
        located.places,
        located.reach,
        located.rule,
    )
