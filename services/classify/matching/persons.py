"""Doubts about payees that name a person, or one body by way of another."""

import re

from services.classify.matching.claim import Claim, Doubt
from services.classify.matching.names import comparable
from services.classify.matching.parts import bracketed, pieces

_TITLE = r"(?:MR|MRS|MS|MISS|MX|MASTER|DR|SIR|LADY|LORD|REV|REVD|REVEREND|PROF|PROFESSOR|MESSRS)"
_INITIALS = "[A-Z](?: [A-Z]){0,2}"
_PERSON = re.compile(
    rf"{_TITLE}(?: AND {_TITLE})? [A-Z]+(?: [A-Z]+){{0,3}}"
    rf"|{_INITIALS} [A-Z]{{2,}}|[A-Z]{{3,}} {_INITIALS}"
)
_LETTERED = re.compile(
    r"(?:BLOCK|UNIT|PART|PHASE|SECTION|LOT|TEAM|WARD|ZONE|TYPE|BAND|TIER|GRADE|ROOM|SITE|PLAN"
    r"|SCHEDULE|ANNEX|APPENDIX|OPTION|STAGE|LEVEL|HEPATITIS|VITAMIN) [A-Z]"
)
_DEAD = re.compile(
    r"(?:THE )?(?:LATE|ESTATE OF|EXECUTORS? (?:OF|FOR)|EXORS? OF|PERSONAL REPRESENTATIVES? OF) .+"
)
_ORGANISED = re.compile(
    r"\b(?:SOCIETY|TRUST|CENTRE|CHARIT[A-Z]*|FOUNDATION|SCHOOL|FUND|THERAPY|HOSPICE|HOME|HOUSE"
    r"|LIMITED|LTD|PLC|LLP|CIC|ASSOCIATION|SERVICES?|SUPPORT|GROUP|COLLEGE|COUNCIL|CLUB|UK)\b"
)
_NOT_WORD = re.compile(r"[^A-Z0-9]+")
_APOSTROPHES = re.compile("['\u2019]")
_FEWEST, _MOST = 2, 3
_RARE = 0.6  # of the weight of the rarest word: that of a word in some two hundred names
NAMES_A_PERSON = "names-a-person"
_A_PERSON = Doubt(NAMES_A_PERSON, "A part of the payee may be the name of a person.")
_BY_WAY = Doubt("care-of", "The payee is paid by way of it, or on its behalf.")


def names_a_person(claim: Claim) -> Doubt | None:
    """A part of the payee other than the one that was read is like a person's name."""
    part = claim.best.reading.part
    read = _words(part.text)
    every = [_words(piece) for piece in (*pieces(claim.payee), *bracketed(claim.payee))]
    if _DEAD.fullmatch(_words(claim.payee)) and "ESTATE" not in claim.theirs:
        return _A_PERSON
    if any(piece != read and _is_person(piece) for piece in every):
        return _A_PERSON
    if part.role == "alias" and every[0] != read and _may_be_person(every[0]):
        return _A_PERSON
    if part.role == "care-of" and every[0] != read:
        return _BY_WAY
    return _A_PERSON if _shares_a_name(claim) else None


def _shares_a_name(claim: Claim) -> bool:
    """Two words, one of them rare and not in the organisation's name, nor the beginning of a word
    there: a first name and a surname that some charity bears as well.
    """
    left = claim.left
    if len(claim.ours) != _FEWEST or len(left) != 1 or claim.best.reading.respelled:
        return False
    if not _may_be_person(_words(claim.payee)):
        return False
    values = claim.best.values
    rare = values["rarest_left"] > _RARE and values["places_left"] <= 0
    return rare and not any(word.startswith(min(left)) for word in claim.theirs)


def _words(text: str) -> str:
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", text.upper())).strip()


def _is_person(piece: str) -> bool:
    if _ORGANISED.search(piece) or _LETTERED.fullmatch(piece):
        return False
    return bool(_PERSON.fullmatch(piece))


def _may_be_person(piece: str) -> bool:
    """Two or three words without a figure, none of which says that it is organised."""
    few = _FEWEST <= len(piece.split()) <= _MOST and piece.replace(" ", "").isalpha()
    return few and comparable(piece).form is None and not _ORGANISED.search(piece)
