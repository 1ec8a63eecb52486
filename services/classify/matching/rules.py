"""The rules by which a supplier is matched, in the order in which they are asked."""

from services.classify.matching.decided import match_decision, match_remembered
from services.classify.matching.exact_name import match_exact_name
from services.classify.matching.known import Known
from services.classify.matching.match import Match
from services.classify.matching.names import comparable
from services.classify.matching.published_identifier import match_identifier
from services.classify.matching.redaction import is_redacted
from services.classify.supplier import Supplier


def match_supplier(supplier: Supplier, known: Known) -> Match:
    """The first rule that decides: redaction, a person about this supplier, published identifier, a
    person about another payee of its name, exact name, nothing.

    What an earlier rule found wanting stands in the evidence of the later. Where nothing matched
    the evidence does not repeat the payee: it may be a person.
    """
    if is_redacted(supplier.payee):
        return Match("none", "redacted-payee", ("The ledger withholds the name of the payee.",))
    outcome = match_decision(supplier, known) or match_identifier(supplier, known)
    for rule in (match_remembered, match_exact_name):
        if not isinstance(outcome, Match):
            outcome = rule(supplier, known, outcome)
    if isinstance(outcome, Match):
        return outcome
    if not comparable(supplier.payee).words:
        return Match("none", "no-name", (*outcome, "The payee has no letters to compare."))
    return Match(
        "none", "no-match", (*outcome, "No organisation in the registers bears this name.")
    )
