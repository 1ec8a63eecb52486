"""The rules by which suppliers are matched, in the order in which they are asked."""

from collections.abc import Sequence
from functools import cache

from services.classify.matching.decided import match_decision, match_remembered
from services.classify.matching.index.index import Index
from services.classify.matching.known import Known
from services.classify.matching.match import Match
from services.classify.matching.model.model import Model, read_model
from services.classify.matching.named import match_names
from services.classify.matching.published_identifier import match_identifier
from services.classify.matching.redaction import is_redacted
from services.classify.supplier import Supplier

_model = cache(read_model)


def match_suppliers(
    suppliers: Sequence[Supplier], known: Known, index: Index, model: Model | None = None
) -> list[Match]:
    """The match of each supplier, in their order, by the first rule that decides.

    Redaction, a person about this supplier, published identifier, a person about another payee of
    its name, then names by the fitted model (that in force, if none is given). What an earlier rule
    found wanting stands in the evidence of the later.
    """
    both = known.beside(index.known)
    outcomes = [_match_alone(supplier, both) for supplier in suppliers]
    open_still = [at for at, outcome in enumerate(outcomes) if not isinstance(outcome, Match)]
    named = match_names(
        [suppliers[at] for at in open_still],
        [outcome for outcome in outcomes if not isinstance(outcome, Match)],
        both,
        index,
        model or _model(),
    )
    by_place = dict(zip(open_still, named, strict=True))
    return [
        outcome if isinstance(outcome, Match) else by_place[at]
        for at, outcome in enumerate(outcomes)
    ]


def _match_alone(supplier: Supplier, known: Known) -> Match | tuple[str, ...]:
    """The match by a rule that needs no names; else what was found wanting."""
    if is_redacted(supplier.payee):
        return Match("none", "redacted-payee", ("The ledger withholds the name of the payee.",))
    outcome = match_decision(supplier, known) or match_identifier(supplier, known)
    return outcome if isinstance(outcome, Match) else match_remembered(supplier, known, outcome)
