"""Lengths of time in words, as registers write them: `three months`, `2 x 12 months`, `90 days`."""

import re

from shared.periods import span

_NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
]
_WORDS = {word: number for number, word in enumerate(_NUMBERS, 1)} | {
    "a": 1,
    "an": 1,
    "single": 1,
    "twenty four": 24,
    "thirty": 30,
    "thirty six": 36,
    "sixty": 60,
    "ninety": 90,
}
_LETTERS = {"year": "Y", "yr": "Y", "month": "M", "mth": "M", "week": "W", "wk": "W", "day": "D"}
_MOST = {"Y": 50, "M": 600, "W": 520, "D": 3650}
NUMBER = rf"(?:\d{{1,4}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
UNIT = r"(?:years?|yrs?|months?|mths?|weeks?|wks?|days?)"
LENGTH = rf"(?P<count>{NUMBER})\s*(?:calendar )?(?P<unit>{UNIT})"
_LENGTH = re.compile(rf"\b{LENGTH}\b")
_NOISE = re.compile(r"[-\u2010-\u2014\s]+")
_IN_BRACKETS = re.compile(rf"\b({NUMBER}) ?\((?:\d{{1,4}}|{'|'.join(_WORDS)})\)")


def plain_words(text: str) -> str:
    """Lower case, hyphens and runs of space as one space, `six (6) months` as `six months`."""
    plain = _NOISE.sub(" ", text.lower()).replace("\N{MULTIPLICATION SIGN}", "x").strip()
    return _IN_BRACKETS.sub(r"\1", plain)


def count_of(word: str) -> int:
    """A number in digits or in words."""
    return int(word) if word.isdigit() else _WORDS[word]


def period_of(count: str, unit: str) -> str | None:
    """The ISO 8601 period of a number and a unit; None for none, or one beyond all reason."""
    letter = _LETTERS[unit.removesuffix("s")]
    number = count_of(count)
    return (
        f"P{number}{letter}" if 0 < number <= _MOST[letter] and number <= _longest(letter) else None
    )


def _longest(letter: str) -> int:
    return 99 if letter == "Y" else 999 if letter in "MW" else 9999


def lengths_in(text: str) -> list[str]:
    """Every length that plain words name, as ISO 8601 periods."""
    found = (period_of(match["count"], match["unit"]) for match in _LENGTH.finditer(text))
    return [period for period in found if period is not None]


def only_length(text: str) -> str | None:
    """The one length that a text names: `3 months' written notice`; None for none, or several."""
    found = {str(span(period)): period for period in lengths_in(plain_words(text))}
    return next(iter(found.values())) if len(found) == 1 else None
