"""Names made comparable: case, accents, punctuation, AND, THE and legal forms folded."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LONGEST = 400
"""Characters of a name that are compared; the longest registered name has 203."""

# Bytes 0x80-0x9F of Windows-1252 that were read as Latin-1 (seen in merger rows, 2022).
_MISREAD = {0x91: "'", 0x92: "'", 0x93: '"', 0x94: '"', 0x96: "-", 0x97: "-", 0x85: " "}
_APOSTROPHES = dict.fromkeys(map(ord, "'`´‘’ʼ′"))  # noqa: RUF001 - the marks that are printed
_FOLDED = str.maketrans({**_MISREAD, **_APOSTROPHES, ord("&"): " AND ", ord("+"): " AND "})
_NOT_WORD = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_SPELLED = {"LTD": "LIMITED", "LIMTED": "LIMITED", "CYF": "LIMITED", "CYFYNGEDIG": "LIMITED"}

_FORMS: dict[tuple[str, ...], str] = {
    ("PUBLIC", "LIMITED", "COMPANY"): "PLC",
    ("PLC",): "PLC",
    ("LIMITED", "LIABILITY", "PARTNERSHIP"): "LLP",
    ("LLP",): "LLP",
    ("COMMUNITY", "INTEREST", "COMPANY"): "CIC",
    ("COMMUNITY", "INTEREST", "CO"): "CIC",
    ("CIC",): "CIC",
    ("SCOTTISH", "CHARITABLE", "INCORPORATED", "ORGANISATION"): "CIO",
    ("CHARITABLE", "INCORPORATED", "ORGANISATION"): "CIO",
    ("SCIO",): "CIO",
    ("CIO",): "CIO",
    ("LIMITED",): "LIMITED",
}
_LONGEST_FORM = max(map(len, _FORMS))
_RECENT = 20_000  # a batch of payees, each of which is asked for by several rules
_LAST_WORDS = {words[-1] for words in _FORMS}


class ComparableName(NamedTuple):
    """The words that are compared, joined by spaces, and the legal form that the name states.

    `form` is LIMITED, PLC, LLP, CIC, CIO or None. `words` is empty for a name without a letter.
    """

    words: str
    form: str | None


# A supplier's name is asked for by each of what looks it up, matches it and keeps it.
@lru_cache(maxsize=_RECENT)
def comparable(name: str) -> ComparableName:
    """The comparable form of a name; never fails, whatever the text."""
    text = name[:LONGEST]
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDED))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    tokens = _NOT_WORD.sub(" ", text.translate(_FOLDED).upper()).split()
    words = _joined_initials([_SPELLED.get(word, word) for word in tokens])
    kept = [word for word in words if word != "THE"] or words
    if kept[-2:] == ["CO", "LIMITED"]:
        kept[-2] = "COMPANY"
    rest, form = _split_form(kept)
    joined = " ".join(rest)
    return ComparableName(joined if _LETTER.search(joined) else "", form)


def _joined_initials(tokens: list[str]) -> list[str]:
    """N.S.P.C.C. and N S P C C as NSPCC: runs of single letters become one word."""
    words: list[str] = []
    run: list[str] = []
    for token in [*tokens, ""]:
        if len(token) == 1 and token.isalpha():
            run.append(token)
            continue
        if run:
            words.append("".join(run))
            run = []
        if token:
            words.append(token)
    return words


def _split_form(words: list[str]) -> tuple[list[str], str | None]:
    if words[-1:] and words[-1] in _LAST_WORDS:
        for length in range(min(_LONGEST_FORM, len(words) - 1), 0, -1):
            form = _FORMS.get(tuple(words[-length:]))
            if form is not None:
                return words[:-length], form
    return words, None
