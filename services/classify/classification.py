"""What is known of a supplier: which organisation it is, and under which definitions it counts."""

from collections.abc import Sequence
from typing import NamedTuple

from services.classify.definitions.definition import Definition
from services.classify.definitions.membership import memberships
from services.classify.matching.index import Index
from services.classify.matching.known import Known
from services.classify.matching.match import Match
from services.classify.matching.rules import match_suppliers
from services.classify.supplier import Supplier
from shared.events import Candidate, Membership, Tier


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


def classify(
    suppliers: Sequence[Supplier], known: Known, index: Index, definitions: Sequence[Definition]
) -> list[Classification]:
    """Match suppliers and evaluate every definition for each."""
    every = known.beside(index.known)
    return [
        _classified(match, every, definitions) for match in match_suppliers(suppliers, known, index)
    ]


def _classified(match: Match, known: Known, definitions: Sequence[Definition]) -> Classification:
    organisation = match.organisation
    forms = {body.present.legal_form for body in match.possible}
    return Classification(
        match.tier,
        match.score,
        match.rule,
        match.evidence,
        organisation.org_id if organisation else None,
        organisation.name if organisation else None,
        forms.pop() if len(forms) == 1 else None,
        match.rule == "redacted-payee",
        memberships(match, definitions, known),
        match.candidates,
    )
