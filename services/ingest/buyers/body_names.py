"""Whether a name that stands in a file is a buyer's: public bodies are written in many ways."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.ingest.buyers.buyer import Buyer, Buyers
from services.ingest.buyers.succession import Succession

_WORDS = re.compile(r"[a-z0-9]+")
_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}`]s?\b")
_IN_FULL = {
    "icb": "integrated care board",
    "ccg": "clinical commissioning group",
    "ft": "foundation trust",
    "nhsft": "nhs foundation trust",
    "nhst": "nhs trust",
    "mbc": "metropolitan borough council",
    "mdc": "metropolitan district council",
    "cbmdc": "city of bradford metropolitan district council",
    "bc": "borough council",
    "cc": "council",
    "dc": "district council",
    "lbc": "london borough council",
    "st": "saint",
    "univ": "university",
}
_KINDS: Sequence[tuple[str, re.Pattern[str]]] = (
    ("commissioner", re.compile(r"\b(?:integrated care board|clinical commissioning group)\b")),
    ("authority", re.compile(r"\b(?:combined authority|police|fire|constabulary)\b")),
    ("council", re.compile(r"\bcouncil\b|\blondon borough\b")),
    ("trust", re.compile(r"\bnhs\b.*\btrust\b|\bfoundation trust\b|\bhospitals?\b|\bhealthcare\b")),
)
_OUTRIGHT = re.compile(
    r"\b(?:integrated care board|clinical commissioning group|foundation trust|nhs\b.*\btrust"
    r"|council(?! tax)|combined authority|constabulary)\b"
)
_OF_EVERY_BODY = re.compile(
    r"the|of|and|for|in|a|nhs|trust|foundation|integrated|care|board|clinical|commissioning|group"
    r"|council|city|metropolitan|borough|district|county|london|royal|hospitals?|university"
    r"|teaching|health|healthcare|services?|authority|combined"
)
_PARENT = re.compile(
    r"(?:the )?(?:(?:department|dept|ministry) (?:of|for)\b.*"
    r"|nhs|health|doh|dh|dhsc|dh and sc|nhse|nhsei|nhs england\b.*|hm treasury|mhclg|dluhc|dclg"
    r"|local government|central government|public sector|government)"
)


class _Name(NamedTuple):
    """What tells a body from others: of which kind it is ("" unknown), and its own words."""

    kind: str
    own: tuple[str, ...]


class BodyNames:
    """The names of a buyer and of those that it answers for, and the codes of their org-ids."""

    def __init__(self, bodies: Iterable[Buyer]) -> None:
        listed = list(bodies)
        self._names = [_name(each.name) for each in listed]
        self._codes = {each.org_id.rpartition("-")[2].casefold() for each in listed}
        self._initials = {
            letters for each in listed for letters in _initials(_words(each.name)) if letters
        }

    def has(self, value: str) -> bool:
        """Whether the value names one of them: NHS X ICB for NHS X Integrated Care Board.

        A name may go on (an office of the body) and need not say of which kind it is, but Leeds
        City Council is not NHS Leeds CCG; a commissioner is the same before and after July 2022.
        """
        words = _words(value)
        if "".join(words) in self._codes | self._initials:
            return True
        if words and words[-1] in self._codes and len(words) > 1:
            return True
        given = _name(value)
        return any(_is_of(given, known) for known in self._names)


def _is_of(given: _Name, known: _Name) -> bool:
    if given.kind and known.kind and given.kind != known.kind:
        return False
    return bool(known.own) and given.own == known.own


def is_parent(value: str) -> bool:
    """Whether the value names whom bodies answer to, as central templates have it in each row."""
    return _PARENT.fullmatch(" ".join(_words(value))) is not None


def says_body(value: str) -> bool:
    """Whether the words of a value say that it names a public body: council, ICB, NHS trust."""
    return _OUTRIGHT.search(_in_full(value)) is not None


def same_body(one: str, other: str) -> bool:
    """Whether two names are of one body as far as their words tell."""
    return _is_of(_name(one), _name(other))


def names_of(org_id: str, buyers: Buyers, successions: Iterable[Succession]) -> BodyNames | None:
    """The names of a buyer and of all whom it answers for; None where the buyer is not known."""
    if org_id not in buyers:
        return None
    reached, links = {org_id}, list(successions)
    while more := {each.predecessor for each in links if each.successor in reached} - reached:
        reached |= more
    return BodyNames(buyers[each] for each in sorted(reached) if each in buyers)


def _words(text: str) -> list[str]:
    plain = _POSSESSIVE.sub("", text.casefold().replace("&", " and "))
    return _WORDS.findall(plain)


def _in_full(text: str) -> str:
    return " ".join(_IN_FULL.get(word, word) for word in _words(text))


def _name(text: str) -> _Name:
    full = _in_full(text)
    said = [(kind, found) for kind, words in _KINDS if (found := words.search(full))]
    if not said:
        return _Name("", _own_words(full))
    kind, found = said[0]
    # What follows the kind is an office of the body.
    return _Name(kind, _own_words(full[: found.end()]) or _own_words(full))


def _own_words(text: str) -> tuple[str, ...]:
    return tuple(word.rstrip("s") for word in text.split() if not _OF_EVERY_BODY.fullmatch(word))


def _initials(words: Sequence[str]) -> Iterable[str]:
    """LTHT, and NHS WY ICB in one word: the first letters, with and without NHS in full."""
    named = [word for word in words if word not in {"and", "of", "the"}]
    letters = "".join(word[0] for word in named if word != "nhs")
    yield letters if len(letters) > 2 else ""  # noqa: PLR2004 - two letters name anything
    whole = "".join(word if word == "nhs" else word[0] for word in named)
    yield whole if len(letters) > 1 else ""
