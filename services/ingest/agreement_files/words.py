"""How much a header of a list of agreements says each field."""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from services.ingest.shapes.vocabulary import plain_header

_FILE = Path(__file__).parent / "header_words.toml"
_WEIGHTS = {"first": 1.0, "then": 0.94, "last": 0.86}
_FILLERS = frozenset(
    [
        "the",
        "of",
        "a",
        "in",
        "for",
        "and",
        "or",
        "gbp",
        "sterling",
        "pounds",
        "s",
        "excluding",
        "including",
        "vat",
        "est",
        "estimated",
        "approx",
        "approximate",
        "dd",
        "mm",
        "yyyy",
        "if",
        "applicable",
        "any",
    ]
)
_FEWER_WORDS = 0.99
_PART, _OF_WHOLE = 0.5, 0.4


@cache
def agreement_fields() -> tuple[str, ...]:
    """The fields that a header may say."""
    with _FILE.open("rb") as file:
        return tuple(tomllib.load(file))


@cache
def _words() -> Mapping[str, Mapping[str, float]]:
    with _FILE.open("rb") as file:
        fields = tomllib.load(file)
    known: dict[str, dict[str, float]] = {}
    for field, levels in fields.items():
        for level, phrases in levels.items():
            for phrase in phrases:
                known.setdefault(plain_header(phrase), {})[field] = _WEIGHTS[level]
    return known


@cache
def _by_word() -> Mapping[str, list[str]]:
    """The phrases of several words that have a word."""
    found: dict[str, list[str]] = {}
    for phrase in _words():
        words = set(phrase.split())
        for word in words if len(words) > 1 else ():
            found.setdefault(word, []).append(phrase)
    return found


@lru_cache(maxsize=10_000)
def agreement_words(header: str) -> Mapping[str, float]:
    """How much the header says each field, 0 to 1; fields that it does not say are left out.

    A known phrase says it by its rank, alone or with words that say nothing; one among other words
    by how many of them it is.
    """
    plain = plain_header(header)
    known = _words()
    if plain in known:
        return known[plain]
    core = " ".join(word for word in plain.split() if word not in _FILLERS)
    if core in known:
        return {field: weight * _FEWER_WORDS for field, weight in known[core].items()}
    words = set(plain.split())
    said: dict[str, float] = {}
    for phrase in {phrase for word in words for phrase in _by_word().get(word, ())}:
        parts = set(phrase.split())
        if parts <= words:
            fields = known[phrase]
            share = _PART + _OF_WHOLE * len(parts) / len(words)
            for field, weight in fields.items():
                said[field] = max(said.get(field, 0.0), weight * share)
    return said
