"""What a test of matching asks: the match of a payee by registers made by hand."""

from services.classify.matching.index import Index
from services.classify.matching.known import NOTHING, Known
from services.classify.matching.match import Match
from services.classify.matching.rules import match_suppliers
from services.classify.supplier import Supplier


def match(payee: str, registers: Known, **numbers: str) -> Match:
    """The match of one payee, with the identifiers printed beside it."""
    [found] = match_suppliers([Supplier("s", payee, **numbers)], NOTHING, Index.build(registers))
    return found


def organisation(found: Match) -> str | None:
    """The org-id of the organisation matched."""
    return found.organisation.org_id if found.organisation else None
