"""How much a header says that its column is a field: words that are known, and slips of them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

_FILE = Path(__file__).parent / "header_words.toml"
_WEIGHTS = {"first": 1.0, "then": 0.94, "last": 0.86}
_LEAST_ALIKE = 84.0
_SLIP = 0.97
"""A slip of the pen says almost what the word says, and gives way to the word itself."""
_LETTERS_OF_A_SLIP = 3
_WITH_FILLERS = 0.99
_IN_ANOTHER_ORDER = 0.98
_PART, _OF_WHOLE = 0.5, 0.4
_NOT_WORDS = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_POSSESSIVE = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}]s?\b")
_KEPT_LETTERS = 100
"""Of a name that is remembered: what is longer is a text more likely than a header."""
_FILLERS = {"the", "of", "a", "in", "for", "and", "or", "gbp", "sterling", "pounds", "please"}
_SIGNS = str.maketrans({"\N{POUND SIGN}": " ", "\N{EURO SIGN}": " eur ", "$": " usd "})
_FULL = {
    short: full
    for full, shorts in {
        "amount": "amt amnt amounts",
        "account": "acct acc",
        "category": "cat",
        "centre": "center ctr",
        "cheque": "chq",
        "code": "cd",
        "date": "dt",
        "department": "dept",
        "description": "desc descr descriptions",
        "document": "doc",
        "excluding": "excl exc ex exclusive",
        "including": "incl inc inclusive",
        "invoice": "inv",
        "number": "no num nr nbr",
        "original": "orig",
        "organisation": "org organization",
        "clearing": "clrng",
        "payment": "paymt pymt pmt",
        "posting": "pstng pstg",
        "reference": "ref",
        "registration": "reg",
        "supplier": "supp suppl suppliers",
        "transaction": "trans tran txn trx",
        "vendor": "vend",
    }.items()
    for short in shorts.split()
}
"""What finance systems shorten, so that each phrase stands in the vocabulary once."""


@cache
def _words() -> tuple[Mapping[str, tuple[tuple[str, float], ...]], Mapping[str, list[str]]]:
    with _FILE.open("rb") as file:
        fields = tomllib.load(file)
    known: dict[str, list[tuple[str, float]]] = {}
    for field, levels in fields.items():
        for level, phrases in levels.items():
            for phrase in phrases:
                known.setdefault(_in_full(phrase), []).append((field, _WEIGHTS[level]))
    by_word: dict[str, list[str]] = {}
    for phrase in known:
        for word in phrase.split():
            by_word.setdefault(word, []).append(phrase)
    return {phrase: tuple(said) for phrase, said in known.items()}, by_word


@cache
def _in_any_order() -> Mapping[str, str]:
    """The phrases by their words in alphabetical order, the one that is said the most of several.

    A phrase of which two orders say two fields is left out.
    """
    known, _ = _words()
    by_words: dict[str, list[str]] = {}
    for phrase in known:
        by_words.setdefault(_in_order(phrase), []).append(phrase)
    return {
        words: max(phrases, key=lambda each: max(weight for _, weight in known[each]))
        for words, phrases in by_words.items()
        if len({field for each in phrases for field, _ in known[each]}) == 1
    }


def _in_order(phrase: str) -> str:
    return " ".join(sorted(word for word in phrase.split() if word not in _FILLERS))


def words_apart(header: str) -> str:
    """A header whose joined words are parted, and nothing else changed: `amount_pence`."""
    return _CAMEL.sub(" ", header.replace("_", " "))


def plain_header(header: str) -> str:
    """A header as the vocabulary has it: lower case, words apart and in full, no punctuation."""
    return _plain(header) if len(header) <= _KEPT_LETTERS else _plain.__wrapped__(header)


@lru_cache(maxsize=10_000)
def _plain(header: str) -> str:
    apart = _CAMEL.sub(" ", _POSSESSIVE.sub("", header.translate(_SIGNS)))
    return _in_full(_NOT_WORDS.sub(" ", apart).lower())


def _in_full(phrase: str) -> str:
    return " ".join(_FULL.get(word, word) for word in phrase.split())


def is_known(header: str) -> bool:
    """Whether the vocabulary has the header as it stands."""
    return plain_header(header) in _words()[0]


@lru_cache(maxsize=10_000)
def said_by(header: str) -> Mapping[str, float]:
    """How much the header says each field, 0 to 1; fields that it does not say are left out.

    A known phrase says it by its rank, a slip of one almost so, and one among other words by how
    many of the words it is.
    """
    known, _ = _words()
    plain = plain_header(header)
    core = " ".join(word for word in plain.split() if word not in _FILLERS)
    if plain in known:
        heard = [(plain, 1.0)]
    elif core in known:
        heard = [(core, _WITH_FILLERS)]
    elif core and (phrase := _in_any_order().get(_in_order(core))) is not None:
        heard = [(phrase, _IN_ANOTHER_ORDER)]
    else:
        heard = [*_slips(plain), *_parts(plain)]
    scores: dict[str, float] = {}
    for phrase, share in heard:
        for field, weight in known[phrase]:
            scores[field] = max(scores.get(field, 0.0), weight * share)
    return scores


def _slips(plain: str) -> Iterator[tuple[str, float]]:
    for phrase, alike, _ in process.extract(
        plain, _about_as_long(len(plain)), scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE, limit=5
    ):
        yield phrase, _SLIP * alike / 100


@lru_cache(maxsize=100)
def _about_as_long(letters: int) -> list[str]:
    known, _ = _words()
    return [phrase for phrase in known if abs(len(phrase) - letters) <= _LETTERS_OF_A_SLIP]


def _parts(plain: str) -> Iterator[tuple[str, float]]:
    _, by_word = _words()
    words = set(plain.split())
    for phrase in {phrase for word in words for phrase in by_word.get(word, ())}:
        parts = set(phrase.split())
        if parts <= words:
            yield phrase, _PART + _OF_WHOLE * len(parts) / len(words)
