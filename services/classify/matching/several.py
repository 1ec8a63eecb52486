"""Payees that name several organisations, joined by AND, a comma or a slash."""

import re

from services.classify.matching.kinds import VCSE, kind_of
from services.classify.matching.known import Known, identity
from services.classify.matching.model.judging import Judged
from services.classify.matching.names import comparable
from services.classify.matching.words import weighing_words

_JOINED = re.compile(r"\s*[,;/]\s*|\s+(?:AND|&|\+)\s+|\s*&\s*", re.IGNORECASE)
_LEAST = 2


def names_several(payee: str, best: Judged, known: Known) -> bool:
    """Whether two of its parts are each the whole name of another VCSE body.

    A payee that bears the very name of the body found names that one, whatever it is made of.
    """
    values = best.values
    if best.reading.part.role == "whole" and (values["same_words"] or values["same_folded"]):
        return False
    named: list[set[str]] = []
    for piece in _JOINED.split(payee):
        bearers = known.by_words.get(comparable(piece).words, ())
        own = {identity(b.organisation) for b in bearers if kind_of(b.organisation) in VCSE}
        if own and all(own.isdisjoint(other) for other in named) and weighing_words(piece):
            named.append(own)
    return len(named) >= _LEAST
