"""A criterion: what an organisation must be to count, and what keeps it from counting."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from services.classify.definitions.vocabulary import LEGAL_FORMS, REGISTER_NAMES
from services.classify.matching.names import comparable
from services.classify.organisation import Organisation

_QUESTIONS = ("registers", "legal_forms", "codes", "names", "organisations", "flags")
_GAP = "..."


class Criterion(BaseModel):
    """One way to count: every list that is given must be met, by any one of its entries.

    `names` are words of the present name, compared as payees are (capitals, no punctuation, no
    "the", no legal form at the end): `^` stands for the beginning of the name, `$` for its end,
    `...` for any words between, `*` for any ending of a word. A name that has one of `unless_names`
    does not meet it. `codes` are beginnings of classification codes as the register prints them,
    `organisations` org-ids, `flags` names of flags. `since` and `until` are the first and last day
    on which the criterion holds, `unless` what takes days away from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str = Field(min_length=1)
    registers: tuple[str, ...] = ()
    legal_forms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    unless_names: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    unless: tuple["Criterion", ...] = ()

    @field_validator("legal_forms")
    @classmethod
    def _known_forms(cls, forms: tuple[str, ...]) -> tuple[str, ...]:
        return _known("legal form", forms, LEGAL_FORMS)

    @field_validator("registers")
    @classmethod
    def _known_registers(cls, registers: tuple[str, ...]) -> tuple[str, ...]:
        return _known("register", registers, REGISTER_NAMES)

    @field_validator("names", "unless_names")
    @classmethod
    def _wordy(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        for phrase in phrases:
            if not re.search(r"[^\W_]", phrase):
                raise ValueError(f"{phrase!r} has no word to look for")
        return phrases

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not any(getattr(self, question) for question in _QUESTIONS):
            raise ValueError(f"it asks nothing: one of {', '.join(_QUESTIONS)} is needed")
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"it ends on {self.until}, before it begins on {self.since}")
        return self


def _known(what: str, given: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    for each in given:
        if each not in known:
            raise ValueError(f"{each!r} is no {what}; known are: {', '.join(sorted(known))}")
    return given


def meets(
    organisation: Organisation, criterion: Criterion, flags: Mapping[str, Sequence[Criterion]]
) -> bool:
    """Whether an organisation is what the criterion asks, days left aside.

    `flags` are the criteria of each flag, by its name.
    """
    return (
        (not criterion.registers or organisation.register in criterion.registers)
        and (not criterion.legal_forms or organisation.legal_form in criterion.legal_forms)
        and (not criterion.organisations or organisation.org_id in criterion.organisations)
        and (
            not criterion.codes
            or any(code.startswith(criterion.codes) for code in organisation.codes)
        )
        and (not criterion.names or _bears(organisation.name, criterion.names))
        and not (criterion.unless_names and _bears(organisation.name, criterion.unless_names))
        and (
            not criterion.flags
            or any(meets(organisation, c, {}) for name in criterion.flags for c in flags[name])
        )
    )


class _Phrases(NamedTuple):
    """Phrases as one expression, and a word of each without which it can't be found.

    `words` is empty where some phrase has no whole word. Looking for a word in a set spares the
    expression on nearly every name: 40 us for all criteria of an organisation against 300.
    """

    expression: re.Pattern[str]
    words: frozenset[str]


@lru_cache(maxsize=10_000)
def _words(name: str) -> tuple[str, frozenset[str]]:
    words = comparable(name).words
    return f" {words} ", frozenset(words.split())


def _bears(name: str, phrases: tuple[str, ...]) -> bool:
    text, words = _words(name)
    looked_for = _phrases(phrases)
    if looked_for.words and looked_for.words.isdisjoint(words):
        return False
    return looked_for.expression.search(text) is not None


@lru_cache(maxsize=1_000)
def _phrases(phrases: tuple[str, ...]) -> _Phrases:
    needed = [_needed_word(phrase) for phrase in phrases]
    return _Phrases(
        re.compile("|".join(map(_expression, phrases))),
        frozenset(needed) if all(needed) else frozenset(),
    )


def _split(phrase: str) -> list[str]:
    """The words of a phrase as names are compared; an ending or a gap stays marked."""
    words = phrase.strip("^$ ").split()
    return [
        word if word == _GAP else _word(word.rstrip("*")) + "*" * word.endswith("*")
        for word in words
    ]


def _word(word: str) -> str:
    return comparable(word).words or word.upper()


def _needed_word(phrase: str) -> str:
    whole = [word for word in _split(phrase) if word != _GAP and not word.endswith("*")]
    return max(whole, key=len, default="")


def _expression(phrase: str) -> str:
    """A phrase as a regular expression over words that stand between spaces."""
    parts = []
    for word in _split(phrase):
        if word == _GAP:
            parts.append(r"(?:\S+ )*")
        else:
            parts.append(re.escape(word.rstrip("*")) + (r"\S* " if word.endswith("*") else " "))
    start = "^ " if phrase.startswith("^") else " "
    return start + "".join(parts) + ("$" if phrase.endswith("$") else "")
