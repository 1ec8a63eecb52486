"""Payees that name several organisations, joined by AND, a comma or a slash."""

import re
from collections.abc import Sequence

from services.classify.matching.claim import Claim, Doubt
from services.classify.matching.index.index import Index
from services.classify.matching.index.vocabulary import PREFIX
from services.classify.matching.kinds import VCSE, kind_of
from services.classify.matching.known import Known, identity
from services.classify.matching.model.judging import Judged
from services.classify.matching.names import comparable
from services.classify.matching.parts import parts
from services.classify.matching.public_bodies import is_public_body
from services.classify.matching.words import weighing_words

_JOINED = re.compile(r"\s*[,;/]\s*|\s+(?:AND|&|\+)\s+|\s*&\s*", re.IGNORECASE)
_AND = re.compile(r"\s+(?:AND|\+)\s+|\s*&\s*", re.IGNORECASE)
_LEAST = 2
_RARE = 0.6  # of the weight of the rarest word: that of a word in some two hundred names
_SORTS = frozenset(("HOSPICE", "CENTRE", "CHARITY", "TRUST", "PROJECT", "CLUB", "SCHOOL", "HALL"))
"""Words that two names joined by AND share: A AND B HOSPICES."""


def names_several(payee: str, best: Judged, known: Known) -> bool:
    """Whether two of its parts are each the whole name of another VCSE body.

    A payee that bears the very name of the body found names that one, whatever it is made of.
    """
    values = best.values
    if best.reading.part.role == "whole" and (values["same_words"] or values["same_folded"]):
        return False
    named: list[set[str]] = []
    for piece in _JOINED.split(payee):
        own = _bearers(piece, known)
        if own and all(own.isdisjoint(other) for other in named) and weighing_words(piece):
            named.append(own)
    return len(named) >= _LEAST


def beside_other(claim: Claim, known: Known) -> Doubt | None:
    """Another part of the payee, parted by a slash or a semicolon, is a body that is no VCSE.

    By its own words it is a public one, or a register has it under its whole name.
    """
    for part in _other_parts(claim):
        words = comparable(part).words
        bearers = known.by_words.get(words, ())
        others = {kind_of(b.organisation) for b in bearers}
        if is_public_body(words) or (others and others.isdisjoint(VCSE)):
            return Doubt("several-suppliers", _said(part))
    return None


def names_another(claim: Claim, index: Index) -> str | None:
    """A sentence where a part of the payee names another than the organisation; else None.

    Another part of several has words, and none begins as a word of the organisation's name; or of
    two names joined by AND the one is the organisation's, and the other so, with a rare word. A
    place is no name, unless it is joined to what has no place: LEEDS AND HARROGATE are a territory.
    """
    for part in _other_parts(claim):
        words = _telling(part, index)
        if words and not _alike(words, claim.theirs):
            return _said(part)
    whole = claim.best.reading.part.role == "whole" and not claim.same
    return _joined_to_another(claim, index) if whole else None


def _joined_to_another(claim: Claim, index: Index) -> str | None:
    pieces = _AND.split(claim.payee)
    own = next((p for p in pieces if _alike(_telling(p, index), claim.theirs)), None)
    if own is None:
        return None
    placed = any(_is_place(word, index) for word in weighing_words(comparable(own).words))
    for piece in pieces:
        words = _telling(piece, index) if placed else _own_words(piece)
        if any(_is_rare(word, index) for word in words) and not _alike(words, claim.theirs):
            return _said(piece)
    return None


def _own_words(piece: str) -> list[str]:
    """Its words but for those that two names may share."""
    return [word for word in weighing_words(comparable(piece).words) if word not in _SORTS]


def _telling(piece: str, index: Index) -> list[str]:
    """Those of them that are no places."""
    return [word for word in _own_words(piece) if not _is_place(word, index)]


def _alike(words: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one begins as one of theirs: VOLUNTEER as VOLUNTARY."""
    return not {word[:PREFIX] for word in words}.isdisjoint(word[:PREFIX] for word in theirs)


def _is_place(word: str, index: Index) -> bool:
    at = index.vocabulary.places.get(word)
    return at is not None and bool(index.arrays["is_place"][at])


def _is_rare(word: str, index: Index) -> bool:
    """Whether few registered names have it. One that none has is misspelled more often than not."""
    at = index.vocabulary.places.get(word)
    return at is not None and bool(index.vocabulary.idf[at] > _RARE * index.vocabulary.idf.max())


def _other_parts(claim: Claim) -> list[str]:
    read = claim.best.reading.part.text
    return [p.text for p in parts(claim.payee) if p.role == "one" and p.text != read]


def _said(piece: str) -> str:
    return f"The payee names another as well: {piece.strip()}."


def _bearers(piece: str, known: Known) -> set[str]:
    """The VCSE bodies whose whole name it is."""
    bearers = known.by_words.get(comparable(piece).words, ())
    return {identity(b.organisation) for b in bearers if kind_of(b.organisation) in VCSE}
