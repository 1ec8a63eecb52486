"""What a test of matching asks: what one payee is by registers made by hand."""

from services.classify.classification import Classification, classify
from services.classify.definitions.definition import Definitions
from services.classify.matching.index.index import Index
from services.classify.matching.known import NOTHING, Known
from services.classify.matching.match import Match
from services.classify.matching.rules import match_suppliers
from services.classify.supplier import Supplier


def match(payee: str, registers: Known, **numbers: str) -> Match:
    """The match of one payee, with the identifiers printed beside it."""
    return match_one(Supplier("s", payee, **numbers), registers)


def match_one(supplier: Supplier, registers: Known) -> Match:
    """The match of one supplier, by the registers and the decisions that `registers` holds."""
    decided = NOTHING._replace(decisions=registers.decisions)
    [found] = match_suppliers([supplier], decided, Index.build(registers))
    return found


def classify_one(supplier: Supplier, registers: Known, definitions: Definitions) -> Classification:
    """The classification of one supplier, likewise."""
    decided = NOTHING._replace(decisions=registers.decisions)
    [found] = classify([supplier], decided, Index.build(registers), definitions)
    return found


def organisation(found: Match) -> str | None:
    """The org-id of the organisation matched."""
    return found.organisation.org_id if found.organisation else None
