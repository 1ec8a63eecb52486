"""How a table writes its amounts: its decimal mark, and what one of its units is."""

import re
from collections.abc import Sequence
from typing import Any

from services.ingest.shapes.amounts import MONEY, AmountForm, parse_amount, see_form
from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.vocabulary import words_apart
from shared.errors import Rejected

_STRAY = 0.02
_UNROUNDED, _LEAST_UNROUNDED = 0.01, 2
"""From this share of texts, and this many, fractions of a penny are the table's way."""
_THREE_DECIMALS = re.compile(r"\d{1,3}\.\d{3}")
_NO_WORDS = re.compile(r"[^\d.,]")
UNIT = "money"
"""What an answer calls the unit of the amounts."""
_SAID = {
    "pence": re.compile(r"\bpence\b|\(p\)", re.IGNORECASE),
    "thousands": re.compile(r"(?<![\d,.])0{3}'?s?\b|\bthousands?\b|\bk\b", re.IGNORECASE),
    "millions": re.compile(r"\bmillions?\b|(?:\N{POUND SIGN}|\b)m\b", re.IGNORECASE),
}
_TITLE = re.compile(
    r"(?:\N{POUND SIGN} ?'?|\b(?:amounts|figures|values|all) (?:are )?in (?:\N{POUND SIGN} ?)?'?)"
    r"(0{3}'?s?\b|thousands?\b|millions?\b)",
    re.IGNORECASE,
)


def find_amount_form(
    values: Sequence[Any], header: str, title: str, answer: str | None = None
) -> tuple[AmountForm, Question | None]:
    """The form of a column of amounts; a question where its texts contradict each other.

    Whole numbers under a header that says pence are pence. What the header or the title (the rows
    above it) calls thousands or millions is asked about: some mean the limit for publication.
    """
    seen = see_form(value for value in values if isinstance(value, str))
    form = AmountForm(comma=seen.comma > seen.point)
    stray = min(seen.comma, seen.point)
    if stray > _STRAY * max(1, seen.comma + seen.point):
        return form, Question(
            "amount", "some amounts have a decimal point, others a decimal comma: mend the file"
        )
    unit = _unit_said(header, title) if answer is None else answer.strip().lower()
    if unit not in MONEY:
        raise Rejected(f"{UNIT} is {', '.join(MONEY)}, not {answer}", "map")
    if answer is None and unit == "pounds" and not form.comma and _may_be_thousands(values):
        return form, Question(
            "amount",
            f"{header} has three decimals wherever it has any, such as 1.234; take the points out "
            "of the file if that is 1,234",
            (header,),
            (Answer(UNIT, "pounds", "if it is 1.23"),),
        )
    whole = all(
        parsed.pence % 100 == 0
        for parsed in (parse_amount(value, form) for value in values)
        if parsed is not None
    )
    form = form._replace(pence_each=MONEY[unit])
    parsed = [
        each
        for each in (parse_amount(value, form) for value in values if isinstance(value, str))
        if each is not None
    ]
    rounded = sum(each.rounded for each in parsed)
    throughout = rounded >= max(_LEAST_UNROUNDED, _UNROUNDED * len(parsed))
    form = form._replace(unrounded=throughout)
    if answer is None and unit != "pounds" and not (unit == "pence" and whole):
        return form, Question(
            "amount",
            f"{header} may be {unit} of pounds"
            if unit != "pence"
            else f"{header} says pence, and has fractions",
            (header,),
            (Answer(UNIT, unit), Answer(UNIT, "pounds")),
        )
    return form, None


def _may_be_thousands(values: Sequence[Any]) -> bool:
    """Whether points may part thousands: each has three digits after it, and at most three before.

    Texts without a point say nothing as long as they have no more than three digits.
    """
    texts = [_NO_WORDS.sub("", value) for value in values if isinstance(value, str)]
    pointed = [text for text in texts if "." in text]
    return len(pointed) >= _LEAST_UNROUNDED and all(
        _THREE_DECIMALS.fullmatch(text) if "." in text else len(text) < len("1000")
        for text in texts
    )


def _unit_said(header: str, title: str) -> str:
    words = words_apart(header)
    for unit, said in _SAID.items():
        if said.search(words):
            return unit
    if (match := _TITLE.search(title)) is not None:
        return "millions" if match[1].lower().startswith("million") else "thousands"
    return "pounds"
