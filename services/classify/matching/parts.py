"""What a payee may name: itself, and its parts where it names several or trades as another."""

import re
from typing import NamedTuple

from services.classify.matching.names import comparable
from services.classify.matching.words import TRADING, weighing_words

_ALIAS = re.compile(r"\s*[\(,-]*\s*\b(?:T\s?/\s?A|TRADING AS|T/AS)\b[.:]*\s*", re.IGNORECASE)
_CARE_OF = re.compile(
    r"\s*[\(,-]*\s*\b(?:C\s?/\s?O|CARE OF|ON BEHALF OF|OBO|RE|FAO)\b[.:]*\s+", re.IGNORECASE
)
_SEVERAL = re.compile(
    r"\s+/\s*|\s*/\s+|\s*;\s*|(?<=LTD)\s*/\s*|(?<=LIMITED)\s*/\s*"
    r"|(?<=LTD) AND |(?<=LIMITED) AND |(?<=CIC) AND "
)
_BRACKETS = re.compile(r"[\(\[]([^()\[\]]*)[\)\]]?")
_APART = re.compile(r"[()\[\],]")
_DASH = re.compile(r"\s+-+\s+|\s+\*+|\s+re:?\s+", re.IGNORECASE)
# A card's statement prints who passed the payment on, a star, and the payee.
_PASSED_ON = re.compile(
    r"^\s*(?:PAYPAL|PP|SQ|SUMUP|SUM UP|IZ|IZETTLE|ZETTLE|STRIPE|WORLDPAY|EB|SP|CRV|CKO|ZTL|GOOGLE)"
    r"\s*\*+\s*(?=\S)",
    re.IGNORECASE,
)
# What is in none of these is one name: most payees are.
_MANY = re.compile(
    r"[/;()\[\]*]|\s-|\b(?:TRADING AS|CARE OF|ON BEHALF OF|OBO|RE|FAO)\b|(?:LTD|LIMITED|CIC) AND ",
    re.IGNORECASE,
)
_SHORTEST = 4
_MOST = 5


class Part(NamedTuple):
    """A part of a payee that may be a name: `role` is whole, alias, care-of, one or outside."""

    text: str
    role: str


def parts(payee: str) -> list[Part]:
    """The payee whole, but for who passed it on, then what it may be made of; at most five."""
    if not _MANY.search(payee):
        return [Part(payee, "whole")]
    payee = _PASSED_ON.sub("", payee)
    found = [Part(payee, "whole")]
    for pattern, role in ((_ALIAS, "alias"), (_CARE_OF, "care-of"), (_SEVERAL, "one")):
        pieces = [piece.strip(" ()") for piece in pattern.split(payee)]
        pieces = [piece for piece in pieces if len(piece) >= _SHORTEST]
        if len(pieces) > 1 or (pieces and len(pieces[0]) < len(payee.strip(" ()")) - 1):
            found += [Part(piece, role) for piece in pieces]
            break
    else:
        dashed = [piece.strip() for piece in _DASH.split(payee)]
        if len(dashed) > 1:
            found += [Part(piece, "beside") for piece in dashed if len(piece) >= _SHORTEST]
        outside = _BRACKETS.sub(" ", payee).strip()
        if _SHORTEST <= len(outside) < len(payee.strip()) - 2 and not _trading(payee):
            found.append(Part(outside, "outside"))
    return found[:_MOST]


def pieces(payee: str) -> list[str]:
    """All that stands apart in a payee, in its order, however short: at least the whole."""
    found = [_PASSED_ON.sub("", payee)]
    for pattern in (_ALIAS, _CARE_OF, _SEVERAL, _DASH, _APART):
        found = [piece for text in found for piece in pattern.split(text)]
    return [piece.strip() for piece in found if piece.strip()] or [payee]


def bracketed(payee: str) -> list[str]:
    """What stands in brackets, each whole: a surname and initials have a comma between them."""
    return _BRACKETS.findall(payee)


def _trading(payee: str) -> bool:
    """Whether brackets hold the words of a trading company, which are no mere addition."""
    inside = " ".join(bracketed(payee.upper()))
    return not TRADING.isdisjoint(weighing_words(comparable(inside).words))
