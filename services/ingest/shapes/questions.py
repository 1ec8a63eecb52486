"""Which of a table's columns is asked about: those that are as good, and one that was planned."""

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from services.ingest.shapes.fields import FIELDS
from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.scores import Words, main_field
from services.ingest.shapes.vocabulary import plain_header

_CLOSE = 0.03
_CLOSE_UNSAID = 0.015
_SAME_UP_TO = 0.01
_MOST_NAMED, _LONGEST_NAME = 60, 200
_MOST_ANSWERS = 3
_ANY_AMOUNT = re.compile(
    r"(?:(?:sum of|total|sum|the) )?(?:amount|value|spend|expenditure|cost|sum|total|price)"
    r"(?: (?:in )?(?:gbp|pounds|sterling))?"
)

_POUNDS, _PENCE = {"pounds", "\N{POUND SIGN}", "amount \N{POUND SIGN}"}, {"pence", "p"}
_PLANNED = re.compile(r"\b(?:budgets?|budgeted|forecasts?|estimate[sd]?|planned)\b")


def say_names(names: Sequence[str], between: str = ", ") -> str:
    """The names of columns in a sentence: a wide table has thousands."""
    said = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..." for name in names]
    more = len(names) - _MOST_NAMED
    return between.join(said[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _says_any_amount(*headers: str) -> bool:
    """Whether no header tells net from gross, paid from invoiced: Amount beside Value."""
    return all(_ANY_AMOUNT.fullmatch(plain_header(header)) for header in headers)


def ask_planned(header: str, *, answered: bool) -> Question | None:
    """What is asked where the only amount is one that was planned; a person's answer settles it."""
    if answered or _PLANNED.search(plain_header(header)) is None:
        return None
    return Question(
        "amount",
        f"{header} may be what was planned and not what was paid",
        (header,),
        (Answer("amount", header, "if it was paid"),),
    )


def ask_pence_apart(header: str, headers: Sequence[str]) -> Question | None:
    """What is asked where the amount is of whole pounds, and their pence are another column."""
    said = {each.strip().casefold() for each in headers}
    if header.strip().casefold() not in _POUNDS or not said & _PENCE:
        return None
    return Question("amount", f"the pence of {header} stand in a column of their own: join them")


def ask_which(
    field: str,
    taken: Mapping[str, int],
    scores: np.ndarray,
    headers: Sequence[str],
    words: Words,
    sample: Sample,
    told_from: Collection[int],
    summed: Collection[int] = (),
) -> Question | None:
    """Whether another column is as good for a field as the one that was taken, and differs.

    From those in `told_from` values have told it already; those in `summed` are as good by what
    their values add up to, whatever is said of them.
    """
    place, row = taken[field], FIELDS.index(field)
    said = words[place].get(field, 0.0)
    close = _CLOSE if said else _CLOSE_UNSAID
    as_good = [
        other
        for other, score in enumerate(scores[row])
        if other != place
        and not (place in told_from and other in told_from)
        and score > 0
        and (
            (
                score >= scores[row, place] - close
                and (not said or words[other].get(field, 0.0) >= said - close)
            )
            or (field == "amount" and _says_any_amount(headers[place], headers[other]))
        )
        and (other not in taken.values() or main_field(words[other]) == field)
        and sample.differ(place, other) > _SAME_UP_TO
    ]
    others = sorted({*as_good, *summed})
    if not others:
        return None
    places = (place, *others)
    shared = len({headers[each] for each in places}) < len(places)
    names = tuple(f"column {each + 1}" if shared else headers[each] for each in places)
    return Question(
        field,
        f"which column is the {field.replace('_', ' ')}: {say_names(names, ' or ')}?",
        names,
        tuple(Answer(field, name) for name in names[:_MOST_ANSWERS]),
    )
